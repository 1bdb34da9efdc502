/** Network cards beside the first, on a private libvirtd: VMs that run nothing, so that what needs a guest is in test/e2e. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseNetwork } from "../../src/core/network-syntax.ts";
import { findMachine, listMachines } from "../../src/host/machines.ts";
import { clone } from "../../src/usecases/clone.ts";
import type { Context } from "../../src/usecases/context.ts";
import { definition, redefine } from "../../src/usecases/edit.ts";
import { info } from "../../src/usecases/info.ts";
import { launch } from "../../src/usecases/launch.ts";
import { cards } from "../../src/usecases/network-card-rows.ts";
import { addCard, removeCard } from "../../src/usecases/network-cards.ts";
import { createNetwork } from "../../src/usecases/network-create.ts";
import { start, stop } from "../../src/usecases/power.ts";
import { remove } from "../../src/usecases/trash.ts";
import { blankVm } from "../support/blank-vm.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { doctorFix, killedEverywhere } from "../support/killed.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";
import { plainWorld } from "../support/plain-world.ts";

const NAME = "t-cards";
/** The point of `nic add` at which the card is in. */
const PLUGGED = 4;
const LAB = parseNetwork("network=lab");

let ground: LaunchGround;
let ctx: Context;

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  ctx = await ground.context();
  await createNetwork(ctx, { name: "lab", mode: "isolated" }).result;
});
afterAll(async () => ground?.[Symbol.asyncDispose]());
afterEach(async () => {
  const names = (await listMachines(ctx.client)).map(({ uuid }) => uuid);
  await remove(ctx, { names, purge: true, force: true }).result;
});

const given = async (power: "stopped" | "running") =>
  (await launch(ctx, { ...blankVm(NAME, ground.image), ...(power === "stopped" ? { start: false } : {}) }).result)
    .machine;
const detail = () => ctx.client.call("domain.detail", { ref: { name: NAME } });
const recorded = async () => (await findMachine(ctx.client, NAME)).record;
const told = async () => (await cards(ctx, NAME)).map(({ index, source, state }) => [index, source, state]);

describe("a network card", () => {
  it("is plugged into a VM that runs, at once and for good", async () => {
    await given("running");
    const { mac, live, warnings } = await addCard(ctx, NAME, LAB).result;
    expect({ live, warnings }).toEqual({ live: true, warnings: [expect.stringContaining(mac)] });
    const { xml, inactiveXml } = await detail();
    for (const each of [xml, inactiveXml]) expect(each).toContain(mac);
    expect(await told()).toEqual([
      [1, "default", "plugged"],
      [2, "lab", "plugged"],
    ]);
    expect((await recorded())?.spec.networks).toEqual([{ mac, network: LAB }]);
    expect((await info(ctx, NAME)).cards[1]).toMatchObject({ mac, kind: "network", source: "lab" });
  });

  it("is added to a VM that is off, and taken away by number or MAC", async () => {
    await given("stopped");
    const { live } = await addCard(ctx, NAME, LAB).result;
    const second = await addCard(ctx, NAME, parseNetwork("user")).result;
    expect(live).toBe(false);
    expect((await cards(ctx, NAME)).map(({ kind }) => kind)).toEqual(["network", "network", "user"]);
    await removeCard(ctx, NAME, "2").result;
    await removeCard(ctx, NAME, second.mac.toUpperCase()).result;
    expect(await told()).toEqual([[1, "default", "plugged"]]);
    expect((await recorded())?.spec.networks).toEqual([]);
  });

  it("waits for the next start where a running VM has no place for it, and that is said before", async () => {
    await given("running");
    const notes: string[] = [];
    let last = await addCard(ctx, NAME, LAB).result;
    for (let more = 0; last.live; more++) {
      expect(more).toBeLessThan(20);
      const adding = addCard(ctx, NAME, LAB);
      for await (const event of adding) if (event.k === "step.note") notes.push(event.text);
      last = await adding.result;
    }
    expect(notes).toEqual([expect.stringMatching(/place.*next start/)]);
    expect((await told()).at(-1)).toMatchObject([expect.any(Number), "lab", "coming"]);
    expect((await recorded())?.pending).toContain(`network card ${last.mac}, at its next start`);
    await removeCard(ctx, NAME, last.mac).result;
    expect((await recorded())?.pending.join()).not.toContain(last.mac);
  });

  it("finds its network started when the VM starts", async () => {
    await given("stopped");
    await addCard(ctx, NAME, LAB).result;
    await ctx.client.call("network.destroy", { name: "lab" });
    await start(ctx, [NAME], {}).result;
    expect((await ctx.client.call("network.lookup", { name: "lab" }))?.active).toBe(true);
    await stop(ctx, { names: [NAME], force: true }).result;
  });

  it("comes along with a copy under a MAC of its own, and goes with an edited definition", async () => {
    await given("stopped");
    const { mac } = await addCard(ctx, NAME, LAB).result;
    await clone(ctx, NAME, { to: "t-cards-2" }).result;
    const [first, second] = await cards(ctx, "t-cards-2");
    expect([first?.source, second?.source]).toEqual(["default", "lab"]);
    expect(second?.mac).not.toBe(mac);
    const { xml } = await definition(ctx, NAME);
    const card = new RegExp(`<interface(?:(?!</interface>)[\\s\\S])*${mac}[\\s\\S]*?</interface>`);
    await redefine(ctx, NAME, { before: xml, after: xml.replace(card, "") }).result;
    expect((await recorded())?.spec.networks).toEqual([]);
  });

  it.each([
    ["network=nowhere", "E_NOT_FOUND", /no network "nowhere"/],
    ["bridge=nowhere0", "E_NOT_FOUND", /no bridge "nowhere0"/],
    ["network=lab,ip=10.0.0.9", "E_USAGE", /first card only/],
  ])("on %s is refused and nothing changes", async (word, code, message) => {
    await given("stopped");
    const before = await ground.world();
    await expect(addCard(ctx, NAME, parseNetwork(word)).result).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await ground.world()).toEqual(before);
  });

  it("is not found, or is the way in, when it cannot be taken away", async () => {
    await given("stopped");
    const { mac } = await addCard(ctx, NAME, LAB).result;
    const before = await ground.world();
    const refused = (which: string) => removeCard(ctx, NAME, which).result;
    await expect(refused("9")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    await expect(refused(`${mac.slice(0, -1)}x`)).rejects.toMatchObject({
      next: [`Did you mean "${mac}"?`, `hutch nic ls ${NAME}`],
    });
    await expect(refused("1")).rejects.toMatchObject({ code: "E_CONFLICT", message: expect.stringMatching(/way in/) });
    expect(await ground.world()).toEqual(before);
  });

  it("stays where a guest does not let go of it, in the definition and in the record too", async () => {
    await given("running");
    const { mac } = await addCard(ctx, NAME, LAB).result;
    const before = await recorded();
    // Nothing runs in it that could answer.
    await expect(removeCard(ctx, NAME, mac).result).rejects.toMatchObject({
      code: "E_GUEST",
      next: [expect.stringMatching(/^hutch stop /), `hutch nic rm ${NAME} ${mac}`],
    });
    const { xml, inactiveXml } = await detail();
    for (const each of [xml, inactiveXml]) expect(each).toContain(mac);
    expect((await recorded())?.spec).toEqual(before?.spec);
  });

  it("in user-mode networking is the only one of its kind", async () => {
    await given("stopped");
    await addCard(ctx, NAME, { kind: "user" }).result;
    await expect(addCard(ctx, NAME, { kind: "user" }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: [`hutch nic add ${NAME} default`, "hutch network ls"],
    });
  });

  it.each(["add", "rm"] as const)("is as before when it breaks (%s)", async (verb) => {
    await given("stopped");
    if (verb === "rm") await addCard(ctx, NAME, LAB).result;
    const before = plainWorld(await ground.world());
    const broken = await ground.context((point) => {
      if (point.step === "card" && point.phase === "after") throw new Error("broken");
    });
    const work = verb === "add" ? addCard(broken, NAME, LAB) : removeCard(broken, NAME, "2");
    await expect(work.result).rejects.toThrow("broken");
    expect(plainWorld(await ground.world())).toEqual(before);
  });

  it.each(["plug", "unplug"] as const)(
    "is taken back by the doctor, wherever it is killed (%s)",
    {
      timeout: 240_000,
    },
    async (verb) => {
      await given("stopped");
      if (verb === "unplug") await addCard(ctx, NAME, LAB).result;
      const back = { plug: () => removeCard(ctx, NAME, "2").result, unplug: () => addCard(ctx, NAME, LAB).result };
      await killedEverywhere(ground, { verb, name: NAME, again: back[verb] });
    },
  );

  it("that was plugged in by a command that was killed is named, where the guest does not let go of it", {
    timeout: 120_000,
  }, async () => {
    await given("running");
    expect(await ground.child("plug", NAME, PLUGGED)).toBe("killed");
    const [{ left = [] } = {}] = (await doctorFix(ground)).interrupted;
    const [{ mac } = { mac: "" }] = (await cards(ctx, NAME)).slice(1);
    expect(left).toMatchObject([
      { what: `the network card ${mac} of ${NAME}`, command: `hutch nic rm ${NAME} ${mac}` },
    ]);
  });

  it("that was killed on its way in is cleaned up by the next command of that name", async () => {
    await given("running");
    expect(await ground.child("plug", NAME, PLUGGED - 1)).toBe("killed");
    await hutchIn(ground.lane).json(["nic", "add", NAME, "lab", "--connect", ground.lane.uri]);
    expect(await told()).toEqual([
      [1, "default", "plugged"],
      [2, "lab", "plugged"],
    ]);
    expect((await doctorFix(ground)).interrupted).toEqual([]);
  });

  it("is typed as it is told", async () => {
    await given("stopped");
    const hutch = hutchIn(ground.lane);
    await hutch.json(["nic", "add", NAME, "lab"]);
    expect((await hutch.run(["nic", "ls", NAME])).stdout).toMatch(/2 +52:54:00:\S+ +network lab/);
    expect((await hutch.run(["info", NAME])).stdout).toMatch(/52:54:00:\S+, network, lab/);
    expect((await hutch.refused(["nic", "add", NAME, "bridge="])).fault).toMatchObject({ code: "E_USAGE" });
    await hutch.json(["nic", "rm", NAME, "2"]);
  });
});
