/** Words on the command line that cannot be understood: which, why, and how it is written. */
import { HutchError } from "./errors.ts";

/** `--cpus 4`, `port 8080:80`; `cpus=4` for what is called `cpus=`. */
export function typed(flag: string, value: string): string {
  return flag.endsWith("=") ? flag + value : `${flag} ${value}`;
}

/** E_USAGE for the value `given` of `flag`; `why` is a sentence, `example` the flag written rightly. */
export function badValue(flag: string, given: string, why: string, example: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `${typed(flag, given === "" ? '""' : given)}: ${why}`,
    next: [`Write it like ${example}`],
    details: { flag, given },
  });
}
