import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildSeed, sealSeed, seedImage } from "../../../cloud-init/index.ts";
import { PLAIN } from "./seed-input.ts";

/** As cloud-init reads it. */
const read = (text: string): unknown => parse(text, { version: "1.1" });

/** The parts of a multipart message, decoded. */
function parts(message: string): readonly { readonly headers: string; readonly text: string }[] {
  const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? "";
  return message
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [headers = "", ...body] = part.replace(/^\n/, "").split("\n\n");
      const text = body.join("\n\n");
      return { headers, text: /base64/.test(headers) ? Buffer.from(text, "base64").toString("utf8") : text };
    });
}

describe("buildSeed", () => {
  it("makes a cloud-config with one user, one host key and no way in by password", () => {
    const { "user-data": userData } = buildSeed(PLAIN);
    expect(userData.startsWith("#cloud-config\n")).toBe(true);
    expect(read(userData)).toEqual({
      manage_etc_hosts: "localhost",
      user: {
        name: "alice",
        gecos: "alice",
        shell: "/bin/bash",
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: ["ssh-ed25519 AAAAC3Nza alice@laptop"],
        lock_passwd: true,
      },
      disable_root: true,
      ssh_pwauth: false,
      ssh_deletekeys: true,
      ssh_keys: { ed25519_private: PLAIN.hostKey.privateKey, ed25519_public: PLAIN.hostKey.publicKey },
    });
  });

  it("names instance and host", () => {
    expect(read(buildSeed(PLAIN)["meta-data"])).toEqual({ "instance-id": "iid-0001", "local-hostname": "web-1" });
  });

  it("sets a password by its hash only", () => {
    const { "user-data": userData } = buildSeed({ ...PLAIN, user: { ...PLAIN.user, passwordHash: "$6$salt$hash" } });
    expect(read(userData)).toMatchObject({ user: { lock_passwd: false, hashed_passwd: "$6$salt$hash" } });
  });

  it("sets the time zone when asked", () => {
    expect(read(buildSeed({ ...PLAIN, timezone: "Europe/Berlin" })["user-data"])).toMatchObject({
      timezone: "Europe/Berlin",
    });
  });

  it("keeps texts that YAML 1.1 would take for something else", () => {
    const odd = { ...PLAIN, hostname: "no", instanceId: "0123", user: { ...PLAIN.user, name: "on" } };
    const documents = buildSeed(odd);
    expect(read(documents["meta-data"])).toEqual({ "instance-id": "0123", "local-hostname": "no" });
    expect(read(documents["user-data"])).toMatchObject({ user: { name: "on" } });
  });

  it("cannot be made to say more by a line end in a name", () => {
    const { "user-data": userData } = buildSeed({ ...PLAIN, user: { ...PLAIN.user, name: "a\nruncmd: [reboot]" } });
    expect(read(userData)).not.toHaveProperty("runcmd");
  });

  it("carries the user's text byte by byte, first, and ours as a part that only fills in", () => {
    const userData = "#cloud-config\nhostname: übung\r\nruncmd:\n- echo '--hutch'\n";
    const [theirs, ours, ...more] = parts(buildSeed({ ...PLAIN, userData })["user-data"]);
    expect(more).toEqual([]);
    expect(theirs?.text).toBe(userData);
    // The guest's own cloud-init tells the type of a plain text by its first line.
    expect(theirs?.headers).toContain("Content-Type: text/plain");
    expect(ours?.headers).toContain("Content-Type: text/cloud-config");
    expect(ours?.headers).toContain("Merge-Type: dict(no_replace)+list()+str()");
    expect(ours?.text).toBe(buildSeed(PLAIN)["user-data"]);
  });

  it("nests a MIME message as it is", () => {
    const message =
      'Content-Type: multipart/mixed; boundary="X"\nMIME-Version: 1.0\n\n--X\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--X--\n';
    const { "user-data": userData } = buildSeed({ ...PLAIN, userData: message });
    expect(userData).toContain(message.trimEnd());
    expect(parts(userData)).toHaveLength(2);
  });

  it("does not take a cloud-config that mentions MIME for a message", () => {
    const userData = "#cloud-config\n# MIME-Version: 1.0\n";
    expect(parts(buildSeed({ ...PLAIN, userData })["user-data"])[0]?.text).toBe(userData);
  });
});

describe("the network configuration", () => {
  it("finds an interface by its MAC, which stays a text", () => {
    expect(read(buildSeed(PLAIN)["network-config"])).toEqual({
      version: 2,
      ethernets: { eth0: { match: { macaddress: "52:54:00:12:34:56" }, "set-name": "eth0", dhcp4: true } },
    });
  });

  it("writes fixed addresses with a route instead of a gateway", () => {
    const interfaces = [
      { mac: "52:54:00:AA:BB:CC", address: "10.0.0.5/24", gateway: "10.0.0.1", nameservers: ["10.0.0.1", "1.1.1.1"] },
      { mac: "52:54:00:12:34:57", address: "fd00::5/64", gateway: "fd00::1", nameservers: [] },
    ];
    expect(read(buildSeed({ ...PLAIN, network: { interfaces } })["network-config"])).toEqual({
      version: 2,
      ethernets: {
        eth0: {
          match: { macaddress: "52:54:00:aa:bb:cc" },
          "set-name": "eth0",
          dhcp4: false,
          addresses: ["10.0.0.5/24"],
          routes: [{ to: "0.0.0.0/0", via: "10.0.0.1" }],
          nameservers: { addresses: ["10.0.0.1", "1.1.1.1"] },
        },
        eth1: {
          match: { macaddress: "52:54:00:12:34:57" },
          "set-name": "eth1",
          dhcp4: false,
          addresses: ["fd00::5/64"],
          routes: [{ to: "::/0", via: "fd00::1" }],
        },
      },
    });
  });
});

describe("sealSeed", () => {
  const full = {
    ...PLAIN,
    user: { ...PLAIN.user, passwordHash: "$6$salt$hash" },
    userData: "#cloud-config\npassword: swordfish\n",
  };

  it("keeps instance, host name and network", () => {
    const sealed = sealSeed(full);
    const first = buildSeed(full);
    expect(sealed["meta-data"]).toBe(first["meta-data"]);
    expect(sealed["network-config"]).toBe(first["network-config"]);
  });

  it("holds no key, no hash and nothing of the user's", () => {
    const sealed = Buffer.from(seedImage(sealSeed(full))).toString("latin1");
    for (const secret of [
      "OPENSSH",
      "c2VjcmV0",
      "$6$salt",
      "swordfish",
      "ssh-ed25519",
      Buffer.from("password: swordfish").toString("base64"),
    ]) {
      expect(sealed).not.toContain(secret);
    }
  });

  it("makes no user and no host key, should it ever be applied anew", () => {
    expect(read(sealSeed(full)["user-data"])).toEqual({
      manage_etc_hosts: "localhost",
      users: [],
      ssh_deletekeys: false,
      ssh_genkeytypes: ["ed25519"],
    });
  });

  it("fits in the place of the first one", () => {
    const first = seedImage(buildSeed(full));
    expect(seedImage(sealSeed(full), { sizeBytes: first.length })).toHaveLength(first.length);
  });
});
