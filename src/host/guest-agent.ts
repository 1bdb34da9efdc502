/** QEMU's guest agent: commands of its own protocol, sent through libvirt. What it answers is the guest's word. */
import { isLibvirtFault, type LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { shellWord } from "../core/shell-word.ts";
import { libvirtMessage } from "./faults.ts";

export type AgentTarget = {
  readonly client: LibvirtClient;
  readonly uuid: string;
  readonly name: string;
  /** How long it may think about each call; ten seconds when omitted. */
  readonly patienceSeconds?: number;
};

/** How a process in the guest ended. */
export type AgentEnd = { readonly code: number; readonly stdout: Uint8Array; readonly stderr: Uint8Array };

/** An agent that runs answers at once; under emulation in a second or two. */
const ANSWER_SECONDS = 10;
/** What libvirt carries in one message is 4 MiB; base64 makes three bytes four. */
const MOST_INPUT_BYTES = 2 * 1024 ** 2;
/** What a shell says of a program that a signal ended. */
const SIGNALLED = 128;

/** Resolves to its process number in the guest. E_USAGE for too much input, E_GUEST without an agent that will run it. */
export async function startProcess(
  target: AgentTarget,
  [program = "", ...args]: readonly string[],
  input: Uint8Array,
): Promise<number> {
  if (input.length > MOST_INPUT_BYTES) {
    throw new HutchError({
      code: "E_USAGE",
      message: "The guest agent takes at most 2 MiB of input.",
      next: [`hutch cp - ${target.name}:FILE`],
    });
  }
  const answer = await ask(target, "guest-exec", {
    path: program,
    arg: args,
    "capture-output": true,
    ...(input.length === 0 ? {} : { "input-data": Buffer.from(input).toString("base64") }),
  });
  const pid = field(answer, "pid");
  if (typeof pid !== "number") throw strange(target, "guest-exec");
  return pid;
}

/** null while it runs. */
export async function finishedProcess(target: AgentTarget, pid: number): Promise<AgentEnd | null> {
  const answer = await ask(target, "guest-exec-status", { pid });
  if (field(answer, "exited") !== true) return null;
  const [code, signal] = [field(answer, "exitcode"), field(answer, "signal")];
  if (field(answer, "out-truncated") === true || field(answer, "err-truncated") === true) {
    throw new HutchError({
      code: "E_GUEST",
      message: `The command ran in ${target.name}, but said more than its agent keeps.`,
      next: ["Let it write to a file in the guest, and fetch that."],
    });
  }
  return {
    code: typeof code === "number" ? code : typeof signal === "number" ? SIGNALLED + signal : SIGNALLED,
    stdout: bytesIn(field(answer, "out-data")),
    stderr: bytesIn(field(answer, "err-data")),
  };
}

/** Asked to end; whether it does is its own affair. Never fails. */
export async function killProcess(target: AgentTarget, pid: number): Promise<void> {
  await ask(target, "guest-exec", { path: "kill", arg: ["-TERM", String(pid)] }).catch(() => undefined);
}

async function ask(target: AgentTarget, execute: string, words: Readonly<Record<string, unknown>>): Promise<unknown> {
  const command = JSON.stringify({ execute, arguments: words });
  try {
    const { result } = await target.client.call("domain.agent", {
      uuid: target.uuid,
      command,
      timeoutSeconds: target.patienceSeconds ?? ANSWER_SECONDS,
    });
    return field(JSON.parse(result), "return");
  } catch (error) {
    throw agentFault(target, execute, error);
  }
}

/** An agent's refusal in words. Others pass unchanged. */
export function agentFault({ name }: Pick<AgentTarget, "name">, execute: string, error: unknown): unknown {
  const said = libvirtMessage(error);
  if (said === "" && !isLibvirtFault(error)) return error;
  const fault = (message: string, next: readonly string[], why = said) =>
    new HutchError({ code: "E_GUEST", message, why, next }, error);
  if (/agent is not (?:connected|available)|agent is not configured|not responding|unresponsive/i.test(said)) {
    return fault(`No guest agent answers in ${name}.`, [
      `hutch exec ${name} -- sudo apt-get install -y qemu-guest-agent`,
      "On Fedora, Alma, Rocky: sudo dnf install qemu-guest-agent",
    ]);
  }
  if (/unable to encode message payload|message payload|too large/i.test(said)) {
    return fault(`The command in ${name} said more than libvirt carries (3 MiB).`, [
      "Let it write to a file in the guest, and fetch that.",
    ]);
  }
  if (/has been disabled|not allowed|not found|is disabled/i.test(said) && new RegExp(execute).test(said)) {
    return fault(`The guest agent of ${name} may not run commands.`, [
      "Alma, Rocky, CentOS block it: take guest-exec out of BLOCK_RPCS or FILTER_RPC_ARGS in the guest's /etc/sysconfig/qemu-ga",
      "Then, in the guest: sudo systemctl restart qemu-guest-agent",
    ]);
  }
  const started = /Failed to execute child process [“"'](.*)[”"'] \((.*)\)/i.exec(said);
  if (started === null) return fault(`The guest agent of ${name} refused.`, [`hutch logs ${name}`]);
  const [, program = "", reason = ""] = started;
  return fault(`The command cannot be run in ${name}.`, ...notStarted(name, program, reason, said));
}

/** What to type next, and why. */
function notStarted(
  name: string,
  program: string,
  reason: string,
  said: string,
): readonly [next: readonly string[], why: string] {
  const look = `hutch exec --agent ${name} -- ls -ld ${shellWord(program)}`;
  if (/permission denied/i.test(reason)) return [[look], `${program} is no program: it may not be executed.`];
  if (!/no such file/i.test(reason)) return [[look], said];
  if (program.includes("/")) return [[look], `There is no ${program}.`];
  return [
    [`hutch exec --agent ${name} -- sh -c 'echo $PATH'`],
    `There is no program "${program}" in the path of its guest agent.`,
  ];
}

function strange({ name }: AgentTarget, execute: string): HutchError {
  return new HutchError({ code: "E_GUEST", message: `The guest agent of ${name} gave no answer to ${execute}.` });
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function bytesIn(value: unknown): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "base64") : new Uint8Array();
}
