import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forceOff } from "../../src/host/domains.ts";
import { findMachine } from "../../src/host/machines.ts";
import { bake } from "../../src/usecases/bake.ts";
import type { GuestVisit } from "../../src/usecases/bake-guest.ts";
import { examine } from "../../src/usecases/doctor.ts";
import { imageInfo } from "../../src/usecases/image-info.ts";
import { removeImages } from "../../src/usecases/image-removal.ts";
import { imageRows, importImage } from "../../src/usecases/images.ts";
import { launch, plan } from "../../src/usecases/launch.ts";
import { BAKE_POINTS } from "../support/bake-points.ts";
import { blankBake } from "../support/blank-bake.ts";
import { blankVm } from "../support/blank-vm.ts";
import { atPoint, type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";

const NAME = "blank-baked";
const numbered = BAKE_POINTS.map((point, index) => [index, point] as const);

let ground: LaunchGround;
beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  const ctx = await ground.context();
  await importImage(ctx, ground.image, { name: "blank" }).result;
  // The folder of images that are on their way stays.
  await blankBake(ctx, NAME, "blank").result;
  await removeImages(ctx, [NAME]).result;
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

const doctor = (fix: boolean) => examine({ uri: ground.lane.uri, env: ground.lane.env, fix });

describe("a bake", () => {
  it("passes the points at which it is broken below, and leaves an image and nothing else", async () => {
    const passed: string[] = [];
    const ctx = await ground.context(({ step, phase }) => void passed.push(`${step.split(" ")[0]} ${phase}`));
    const before = await ground.world();
    const image = await blankBake(ctx, NAME, "blank").result;
    expect(passed).toEqual(BAKE_POINTS);
    const base = (await imageRows(ctx)).find(({ name }) => name === "blank");
    expect(image).toMatchObject({
      name: NAME,
      trust: expect.stringContaining("baked here from blank"),
      origin: { kind: "baked", base: "blank", baseDigest: base?.digest, engine: null, packages: ["nothing"] },
      stale: false,
    });
    await removeImages(await ground.context(), [NAME]).result;
    expect(await ground.world()).toEqual(before);
  });

  it.each(numbered)("leaves nothing when point %i (%s) breaks", async (number) => {
    const before = await ground.world();
    const broken = () => {
      throw new Error("broken on purpose");
    };
    const ctx = await ground.context(atPoint(number, broken));
    await expect(blankBake(ctx, NAME, "blank").result).rejects.toMatchObject({
      message: expect.stringContaining("broken on purpose"),
      left: [],
    });
    expect(await ground.world()).toEqual(before);
  });

  it.each(numbered.filter(([, point]) => point.endsWith("after")))(
    "leaves nothing when it is cancelled at point %i (%s)",
    async (number) => {
      const before = await ground.world();
      let cancel: () => void = () => undefined;
      const ctx = await ground.context(atPoint(number, () => cancel()));
      const operation = blankBake(ctx, NAME, "blank");
      cancel = () => operation.cancel();
      await expect(operation.result).rejects.toMatchObject({ code: "E_CANCELLED", exitCode: 130, left: [] });
      expect(await ground.world()).toEqual(before);
    },
  );

  it.each(numbered.filter(([, point]) => /undo|start after|flatten after|store after|purge after/.test(point)))(
    "that is killed at point %i (%s) is cleaned up by the doctor",
    async (number) => {
      const before = await ground.world();
      expect(await ground.child("bake", NAME, number)).toBe("killed");
      const [cleaned, ...more] = (await doctor(true)).interrupted;
      expect({ title: cleaned?.title, left: cleaned?.left, more }).toEqual({
        title: `Bake ${NAME}`,
        left: [],
        more: [],
      });
      expect(await ground.world()).toEqual(before);
    },
  );

  it("that was killed is cleaned up by the next bake of that name", async () => {
    const before = await ground.world();
    expect(await ground.child("bake", NAME, BAKE_POINTS.indexOf("store after"))).toBe("killed");
    const ctx = await ground.context();
    await blankBake(ctx, NAME, "blank").result;
    expect((await doctor(false)).interrupted).toEqual([]);
    await removeImages(ctx, [NAME]).result;
    expect(await ground.world()).toEqual(before);
  });
});

let bases = 0;
/** Another base of the same name, and so another image of it: a raw disk of a MiB, known by the mark of its first sector. */
async function renewBase(): Promise<void> {
  const disk = Buffer.alloc(1024 ** 2, bases++);
  disk.set([0x55, 0xaa], 510);
  const file = join(ground.lane.root, "base.raw");
  await writeFile(file, disk);
  await importImage(await ground.context(), file, { name: "blank" }).result;
}

describe("a bake of a name that was baked before", () => {
  const named = async () => (await imageRows(await ground.context())).filter(({ name }) => name === NAME);

  it("leaves the one image when it comes out the same", async () => {
    const ctx = await ground.context();
    const first = await blankBake(ctx, NAME, "blank").result;
    expect(await blankBake(ctx, NAME, "blank").result).toEqual(first);
    expect(await named()).toEqual([first]);
  });

  it("takes the older one's place, once it is whole", async () => {
    const ctx = await ground.context();
    const [first] = await named();
    await renewBase();
    const failing = await ground.context(({ step, phase }) => {
      if (step === "replace" && phase === "before") throw new Error("broken on purpose");
    });
    await expect(blankBake(failing, NAME, "blank").result).rejects.toThrow("broken on purpose");
    expect(await named()).toEqual([{ ...first, stale: true }]);

    const second = await blankBake(ctx, NAME, "blank").result;
    expect(await named()).toEqual([second]);
    expect(second.digest).not.toBe(first?.digest);
  });

  it("is kept when something breaks after the older one went", async () => {
    const [older] = await named();
    await renewBase();
    const failing = await ground.context(({ step, phase }) => {
      if (step === "replace" && phase === "after") throw new Error("broken on purpose");
    });
    await expect(blankBake(failing, NAME, "blank").result).rejects.toThrow("broken on purpose");
    const [newer, ...more] = await named();
    expect(more).toEqual([]);
    expect(newer?.digest).toMatch(/^sha256:/);
    expect(newer?.digest).not.toBe(older?.digest);
  });

  it("leaves the older one to the VM that stands on it, and is what launch takes", async () => {
    const ctx = await ground.context();
    const large = { diskBytes: 5 * 1024 ** 3, start: false };
    const { machine } = await launch(ctx, { ...blankVm("t-old", NAME), ...large }).result;
    await renewBase();
    const newer = await blankBake(ctx, NAME, "blank").result;
    expect((await named()).map(({ digest, usedBy, stale }) => [digest, usedBy, stale])).toEqual([
      [newer.digest, [], false],
      [machine.record?.image?.digest, ["t-old"], true],
    ]);
    await launch(ctx, { ...blankVm("t-new", NAME), ...large }).result;
    expect((await findMachine(ctx.client, "t-new")).record?.image?.digest).toBe(newer.digest);
  });
});

describe("an image that was baked from a baked one", () => {
  it("has its engine, is vouched for by what that was baked from, and is stale with it", async () => {
    const ctx = await ground.context();
    const off: GuestVisit = ({ client }, _, uuid) => forceOff(client, uuid);
    await bake(ctx, { base: "blank", engine: "docker" }, off).result;
    const image = await blankBake(ctx, "dev", "blank-docker").result;
    expect(image).toMatchObject({ stale: false, origin: { base: "blank-docker", engine: "docker" } });
    const order = { ...blankVm("t-dev", "dev"), diskBytes: 20 * 1024 ** 3 };
    expect(await plan(ctx, order)).toMatchObject({ spec: { engine: "docker" }, notes: [] });
    expect((await imageInfo(ctx, "dev")).stored[0]?.chain).toEqual([
      expect.stringContaining("Made here from blank-docker"),
      expect.stringMatching(/^Stored/),
      "What vouches for its base blank-docker:",
      expect.stringContaining("Made here from blank "),
      expect.stringMatching(/^Stored/),
      "What vouches for its base blank:",
      expect.stringContaining("you vouch for it"),
      expect.stringMatching(/^Stored/),
    ]);

    await renewBase();
    expect((await imageRows(ctx)).filter(({ stale }) => stale).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["blank-docker", "dev"]),
    );
    expect((await plan(ctx, order)).notes).toEqual(["dev was baked from an older blank than the store has now."]);
  });
});

describe("a VM that never gets ready", () => {
  it("is taken back, and what is said is about the image", async () => {
    const before = await ground.world();
    const request = { base: "blank", packages: ["nothing"], name: "never", timeoutMs: 1_500 };
    const fault: unknown = await bake(await ground.context(), request).result.catch((error: unknown) => error);
    expect(fault).toMatchObject({
      code: "E_TIMEOUT",
      message: expect.stringMatching(/^bake-[0-9a-f]{8} did not get to "address" within/),
      why: undefined,
      next: ["hutch launch blank --cloud-init FILE: a VM that is kept, to look into"],
      left: [],
    });
    expect(await ground.world()).toEqual(before);
  });
});

describe("too little room", () => {
  it("is said before anything is made", async () => {
    const before = await ground.world();
    const cache = ground.lane.env["XDG_CACHE_HOME"] ?? "";
    const small = `mkdir -p "${cache}" && mount -t tmpfs -o size=8m tmpfs "${cache}" && exec "$@"`;
    const hutch = [process.execPath, "dist/hutch.js", "image", "bake", "blank", "--packages", "x", "--name", "y"];
    const { code, stderr } = await ground.lane.exec(
      ["unshare", "--mount", "sh", "-c", small, "sh", ...hutch, "-o", "json"],
      { cwd: process.cwd() },
    );
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: expect.stringMatching(/too little room.*A bake needs about 3 GiB/s),
    });
    expect(await ground.world()).toEqual(before);
  });
});
