import { describe, expect, it } from "vitest";
import { parseFilter } from "../../../src/core/filter.ts";
import { splitWords } from "../../../src/core/words.ts";
import { completedFilter, filterChoices, filterFault } from "../../../src/tui/input/filter-words.ts";
import { rowsOf } from "../../../src/tui/screens/list-screen.ts";
import { SCREEN } from "../../../src/tui/screens/screens.ts";
import { History } from "../../../src/tui/store/history.ts";
import { createReducer } from "../../../src/tui/store/reduce.ts";
import { newState } from "../../../src/tui/store/state.ts";
import { FLEET, KVM01, loadsAt, NOW } from "../../tui/fleet.ts";

/** The fleet, after a second in which it was watched. */
function ground() {
  const history = new History();
  history.take(loadsAt(0));
  history.take(loadsAt(1));
  const about = { size: { columns: 120, rows: 34 }, now: NOW, hosts: [KVM01], demo: false, readonly: false };
  const news = { k: "machines", machines: FLEET } as const;
  return { state: createReducer(history)(newState(about), { m: "news", news, now: NOW }), history };
}

describe("filters", () => {
  const found = (filter: string) => {
    const data = ground();
    const state = createReducer(data.history)(data.state, { m: "filter", text: filter });
    return rowsOf(SCREEN.vms, { ...data, state }).map((row) => SCREEN.vms.name(row));
  };

  it.each([
    "web",
    "state=running tag=prod",
    "!engine=docker",
    "tag=none",
    "mem>4G",
    "mem<=2G",
    "name~^(web|db)-",
    "!name~-\\d$",
    "state:run",
    "image:debian owner=hutch",
    "state=trashed",
    "problem=yes",
    "'ci-runner-1'",
  ])("%s means what it means to hutch list", (filter) => {
    const { matches } = parseFilter(splitWords(filter));
    const names = FLEET.filter(matches).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(found(filter).toSorted()).toEqual(names.toSorted());
  });

  it("know besides what only a screen that watches knows", () => {
    expect(found("cpu>0").length).toBe(10);
    expect(found("used>4G")).toEqual(["ci-runner-1", "win11-desk"]);
    expect(() => parseFilter(["cpu>50"])).toThrow('Did you mean "cpus"');
  });

  it("narrow by what is half typed, and say what is wrong with it", () => {
    expect(found("state=ru").length).toBe(10);
    expect(found("tag=").length).toBe(FLEET.length);
    expect(found("nothere=x").length).toBe(FLEET.length);
    expect(found("mem>").length).toBe(FLEET.length);
    expect(filterFault("state=ru", ground())).toContain('"ru" is none of running');
    expect(filterFault("stat=running", ground())).toContain('Did you mean "state"?');
    expect(filterFault("state=running", ground())).toBeNull();
  });

  it("complete keys and their values", () => {
    expect(completedFilter("sta", ground())).toBe("state=");
    expect(completedFilter("web tag=p", ground())).toBe("web tag=prod ");
    expect(filterChoices("!st", ground())).toEqual(["!state="]);
    expect(filterChoices("state=running,st", ground())).toEqual(["state=running,stopped", "state=running,stopping"]);
    expect(completedFilter("me", ground())).toBe("mem");
  });
});
