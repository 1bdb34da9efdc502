import { ImageError } from "./errors.ts";

/** `oci://HOST[:PORT]/REPOSITORY[:TAG][@sha256:…]`, taken apart. */
export type Reference = {
  readonly host: string;
  readonly repository: string;
  /** A tag, or `sha256:…`. */
  readonly target: string;
  /** As it is written. */
  readonly text: string;
};

const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

export const OCI_SCHEME = "oci://";

/** The tag is `latest` unless said. Fails with `malformed`, saying what is wrong with it. */
export function parseReference(text: string): Reference {
  const wrong = (why: string): ImageError =>
    new ImageError("malformed", `${text} is no address of an image in a registry: ${why}.`, {
      next: ["oci://quay.io/containerdisks/fedora:latest"],
    });
  if (!text.startsWith(OCI_SCHEME)) throw wrong(`it does not begin with ${OCI_SCHEME}`);
  const [, host = "", rest = ""] = /^([^/]*)\/(.*)$/.exec(text.slice(OCI_SCHEME.length)) ?? [];
  if (!/^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/.test(host)) throw wrong("it names no host");
  const [, repository = "", tag, digest] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/.exec(rest) ?? [];
  if (!REPOSITORY.test(repository)) throw wrong("its repository is small letters, digits and / . _ -");
  if (tag !== undefined && !TAG.test(tag)) throw wrong("its tag is letters, digits and . _ -");
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) throw wrong("its digest is sha256: and 64 digits");
  return { host, repository, target: digest ?? tag ?? "latest", text };
}

/** Only this machine's own registry is spoken to without TLS, unless the user says so. */
export function registryUrl({ host }: Pick<Reference, "host">, plainHttp: boolean): string {
  const name = host.replace(/:\d+$/, "");
  const isLoopback = name === "localhost" || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
  return `${plainHttp || isLoopback ? "http" : "https"}://${host}`;
}
