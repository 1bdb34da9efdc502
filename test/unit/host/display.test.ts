import { describe, expect, it } from "vitest";
import { hasDisplay, screensIn, withDisplay } from "../../../src/host/display.ts";
import { domainXml } from "../../../src/host/domain-xml.ts";
import { INPUTS } from "./samples.ts";

const headless = domainXml(INPUTS["system-kvm"] ?? expect.fail());

describe("a screen in a definition", () => {
  it.each(["system-kvm", "aarch64", "session-slirp"])("comes and goes, and leaves %s as it was", (name) => {
    const before = domainXml(INPUTS[name] ?? expect.fail());
    const seen = withDisplay(before, true);
    expect(screensIn(seen)).toEqual([{ kind: "vnc", address: "127.0.0.1", port: null }]);
    expect(withDisplay(seen, true)).toBe(seen);
    expect(screensIn(withDisplay(seen, false))).toEqual([]);
    expect(withDisplay(seen, false)).not.toMatch(/<(graphics|video|input)\b/);
    expect(withDisplay(before, false)).toBe(before);
  });

  it("of others is read as it is", () => {
    const graphics = (xml: string) => headless.replace("</devices>", `${xml}</devices>`);
    const spice = graphics('<graphics type="spice" port="5930" listen="0.0.0.0"/>');
    expect(screensIn(spice)).toEqual([{ kind: "spice", address: "0.0.0.0", port: 5930 }]);
    const socket = graphics('<graphics type="vnc"><listen type="socket" socket="/run/x"/></graphics>');
    expect([hasDisplay(socket), screensIn(socket)]).toEqual([true, []]);
  });

  it("is taken away with its pointer, and the mouse of every PC stays", () => {
    const xml = withDisplay(headless.replace("</devices>", '<input type="mouse" bus="ps2"/></devices>'), true);
    expect(withDisplay(xml, false)).toContain('<input type="mouse" bus="ps2"/>');
  });
});
