/** The launch form, checked at each key: what is wrong with which field, the order it makes, and the command that does the same. */
import { asHutchError } from "../../core/errors.ts";
import { parseForward } from "../../core/forward-syntax.ts";
import { checkName } from "../../core/names.ts";
import { nearNames } from "../../core/near.ts";
import { parseNetwork } from "../../core/network-syntax.ts";
import { plural } from "../../core/plural.ts";
import type { LaunchRequest } from "../../core/requests.ts";
import { formatSize, parseSize, sizeArgument } from "../../core/units.ts";
import { lineHere } from "../actions/action.ts";
import { machinesOf } from "../store/hosts.ts";
import { listOf } from "../store/lists.ts";
import { isTrashed } from "../store/machine-facts.ts";
import { type CheckedForm, known, type LaunchField, type LaunchForm, type State } from "../store/state.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const MIB = 1024 ** 2;

export function checkForm({ fields }: LaunchForm, state: State): CheckedForm {
  const faults: Partial<Record<LaunchField, string>> = {};
  const request: Mutable<LaunchRequest> = {};
  const words: string[] = [];
  const text = (field: LaunchField) => fields[field].text.trim();
  /** What is left empty keeps its default; what throws is the field's fault. */
  const take = (field: LaunchField, read: (value: string) => void): void => {
    if (text(field) === "") return;
    try {
      read(text(field));
    } catch (error) {
      const { message, why } = asHutchError(error);
      faults[field] = why ?? message;
    }
  };

  take("name", (name) => {
    const wrong = checkName(name);
    if (wrong !== null) faults.name = wrong;
    else if (machinesOf(state, state.current).some((machine) => machine.name === name && !isTrashed(machine)))
      faults.name = `There is a VM named ${name} already.`;
    request.name = name;
    words.push("--name", name);
  });
  take("image", (image) => {
    const names = (known(listOf(state, "images")) ?? []).map(({ name }) => name);
    const [near] = nearNames(image, names);
    if (names.length > 0 && !names.includes(image) && !/[/.]/.test(image))
      faults.image =
        near === undefined ? `There is no image "${image}".` : `There is no image "${image}". Did you mean ${near}?`;
    request.image = image;
  });
  take("cpus", (cpus) => {
    const count = Number(cpus);
    if (!/^\d+$/.test(cpus) || count < 1) faults.cpus = "It is a whole number, at least 1.";
    else if (state.host !== null && count > state.host.cpus)
      faults.cpus = `The host has ${plural(state.host.cpus, "CPU")}.`;
    request.cpus = count;
    words.push("--cpus", cpus);
  });
  take("memory", (size) => {
    const bytes = parseSize(size, "memory");
    if (bytes < 128 * MIB) faults.memory = "Less than 128 MiB starts no image.";
    else if (state.host !== null && bytes > state.host.memoryBytes)
      faults.memory = `The host has ${formatSize(state.host.memoryBytes)}.`;
    request.memoryMiB = Math.round(bytes / MIB);
    words.push("--memory", sizeArgument(bytes));
  });
  take("disk", (size) => {
    request.diskBytes = parseSize(size, "disk");
    words.push("--disk", sizeArgument(request.diskBytes));
  });
  take("engine", (engine) => {
    if (!["none", "docker"].includes(engine)) faults.engine = "It is docker or none.";
    request.engine = engine === "none" ? null : engine;
    words.push("--engine", engine);
  });
  take("network", (network) => {
    request.network = parseNetwork(network);
    words.push("--network", network);
  });
  take("publish", (ports) => {
    const each = ports.split(/[\s,]+/).filter((port) => port !== "");
    request.publish = each.map((port) => parseForward(port));
    words.push(...each.flatMap((port) => ["--publish", port]));
  });
  take("autostart", (answer) => {
    if (!["yes", "no"].includes(answer)) faults.autostart = "It is yes or no.";
    request.autostart = answer === "yes";
    if (answer === "yes") words.push("--autostart");
  });

  const command = ["launch", request.image ?? "", ...words].filter((word) => word !== "");
  return { request, faults, command: lineHere(command, state) };
}

/** Fields of few answers: right and left go through them. */
export function choicesFor(field: LaunchField, state: State): readonly string[] {
  switch (field) {
    case "image":
      return (known(listOf(state, "images")) ?? []).map(({ name }) => name);
    case "engine":
      return ["docker", "none"];
    case "autostart":
      return ["no", "yes"];
    case "cpus":
      return ["1", "2", "4", "8", "16"];
    case "memory":
      return ["1G", "2G", "4G", "8G", "16G", "32G"];
    case "disk":
      return ["10G", "20G", "40G", "80G", "160G"];
    case "network":
      return ["default", "user", ...(known(listOf(state, "networks")) ?? []).map(({ name }) => `network=${name}`)];
    default:
      return [];
  }
}
