import { expect, it } from "vitest";
import { LibvirtFault, VirErrorNumber } from "#ffi";
import { HutchError } from "../../../src/core/errors.ts";
import { agentFault } from "../../../src/host/guest-agent.ts";

const fault = (message: string) => {
  const cause = new LibvirtFault({
    kind: "libvirt",
    code: VirErrorNumber.OPERATION_FAILED,
    domain: 10,
    level: 2,
    errno: 0,
    fn: "virDomainQemuAgentCommand",
    message,
  });
  return new HutchError({ code: "E_HYPERVISOR", message: "libvirt refused it." }, cause);
};
const told = (message: string) => agentFault({ name: "web" }, "guest-exec", fault(message));

it.each([
  "Guest agent is not responding: QEMU guest agent is not connected",
  "argument unsupported: QEMU guest agent is not configured",
])("an agent that is not there is told with what installs it: %s", (message) => {
  expect(told(message)).toMatchObject({
    code: "E_GUEST",
    message: "No guest agent answers in web.",
    next: [expect.stringContaining("install -y qemu-guest-agent"), expect.any(String)],
  });
});

it.each([
  // QEMU 5 to 8, and 9 and later.
  "internal error: unable to execute QEMU agent command 'guest-exec': Command guest-exec has been disabled",
  "internal error: unable to execute QEMU agent command 'guest-exec': Command guest-exec has been disabled: the command is not allowed",
])("an agent that may not run commands is told with what allows it: %s", (message) => {
  expect(told(message)).toMatchObject({
    code: "E_GUEST",
    message: "The guest agent of web may not run commands.",
    next: [expect.stringContaining("FILTER_RPC_ARGS"), expect.stringContaining("restart qemu-guest-agent")],
  });
});

it("more output than libvirt carries is told, with the way around it", () => {
  expect(told("Unable to encode message payload")).toMatchObject({
    message: expect.stringContaining("more than"),
    next: [expect.stringContaining("file in the guest")],
  });
});

it.each([
  ["“x”", "No such file or directory", 'There is no program "x" in the path of its guest agent.', "sh -c 'echo $PATH'"],
  ["“a b/x”", "No such file or directory", "There is no a b/x.", "ls -ld 'a b/x'"],
  ['"/etc/passwd"', "Permission denied", "/etc/passwd is no program: it may not be executed.", "ls -ld /etc/passwd"],
])("a program that is not there is none of the agent's refusals: %s (%s)", (program, said, why, look) => {
  const message = `internal error: unable to execute QEMU agent command 'guest-exec': Failed to execute child process ${program} (${said})`;
  expect(told(message)).toMatchObject({
    code: "E_GUEST",
    message: "The command cannot be run in web.",
    why,
    next: [`hutch exec --agent web -- ${look}`],
  });
});

it("a program that fails to start for another reason is told in the agent's words", () => {
  const message = "Failed to execute child process “x” (Exec format error)";
  expect(told(message)).toMatchObject({ message: "The command cannot be run in web.", why: message });
});

it("errors of others pass unchanged", () => {
  const other = new HutchError({ code: "E_CANCELLED", message: "It was cancelled." });
  expect(agentFault({ name: "web" }, "guest-exec", other)).toBe(other);
});
