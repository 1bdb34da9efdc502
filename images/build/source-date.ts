import { ImageError } from "../errors.ts";

/** The date asked for, else that of SOURCE_DATE_EPOCH; undefined without either. Fails with `unsupported` for what is no date. */
export function sourceDate(
  asked: number | undefined,
  environment: string | undefined = process.env["SOURCE_DATE_EPOCH"],
): number | undefined {
  if (asked === undefined && (environment === undefined || environment === "")) return undefined;
  const seconds = asked ?? (/^\d+$/.test(environment ?? "") ? Number(environment) : Number.NaN);
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new ImageError("unsupported", `SOURCE_DATE_EPOCH=${asked ?? environment} is no date.`, {
    why: "It is a whole number: seconds since 1970.",
    next: ["SOURCE_DATE_EPOCH=1767225600 hutch image build debian-13"],
  });
}
