import {
  CST,
  type Document,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLWarning,
} from "yaml";
import { errorAt, type UserDataProblem, warningAt } from "./problem.ts";
import { indentQuotedLines } from "./quoted-lines.ts";

/** A YAML text as cloud-init's reader sees it, which is stricter than ours in some things and laxer in others. */
export type Reading = { readonly doc: Document; readonly lineOf: (node: unknown) => number | undefined };

/** Characters that cloud-init's reader refuses anywhere in a document. */
const UNREADABLE = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** Our parser's complaint about a [list] or {mapping} whose later lines are not indented; cloud-init's reader takes them. */
const FLUSH_LEFT = /^Flow (?:map|sequence) in block collection .* (?<close>[}\]])$/;
/** Another thing that only our parser minds: `'text'# comment`. */
const CLOSE_COMMENT = /^Comments must be separated/;

/** How many complaints are told: the first ones are the cause of the rest. */
const TOLD = 5;

export function readAsGuest(written: string): Reading | { readonly problems: readonly UserDataProblem[] } {
  const text = indentQuotedLines(written);
  const lineCounter = new LineCounter();
  // Keys may occur twice, and the last one counts.
  const doc = parseDocument(text, { version: "1.1", lineCounter, uniqueKeys: false, prettyErrors: false });
  const lineAt = (offset: number): number => lineCounter.linePos(offset).line;

  const unreadable = UNREADABLE.exec(text);
  if (unreadable !== null) {
    return {
      problems: [errorAt(lineAt(unreadable.index), "it contains a control character, which YAML does not allow")],
    };
  }
  const tab = tabOutsideTexts(text);
  if (tab !== undefined) return { problems: [errorAt(lineAt(tab), "YAML does not allow a tab here; use spaces")] };
  const faults = [...doc.errors, ...doc.warnings].filter(isFault).toSorted((a, b) => a.pos[0] - b.pos[0]);
  const [first] = faults;
  if (first !== undefined) {
    const close = FLUSH_LEFT.exec(first.message)?.groups?.["close"];
    if (close !== undefined && text.includes(close, first.pos[0])) {
      return {
        problems: [
          warningAt(lineAt(first.pos[0]), `indent the lines up to the "${close}"; nothing below could be checked`),
        ],
      };
    }
    return { problems: faults.slice(0, TOLD).map((fault) => errorAt(lineAt(fault.pos[0]), plainWords(fault))) };
  }
  const lineOf: Reading["lineOf"] = (node) => {
    const range = (node as Partial<Node> | null | undefined)?.range;
    return range == null ? undefined : lineAt(range[0]);
  };
  const problems = nameless(doc, lineOf);
  return problems.length > 0 ? { problems } : { doc, lineOf };
}

/** An unknown tag is only a warning to our parser, and the end to cloud-init's. */
function isFault(fault: YAMLError | YAMLWarning): boolean {
  return fault.name === "YAMLWarning" ? fault.code === "TAG_RESOLVE_FAILED" : !CLOSE_COMMENT.test(fault.message);
}

function plainWords({ code, message }: YAMLError): string {
  if (code === "MULTIPLE_DOCS") return 'a line "---" starts a second document; there may be only one';
  return `this is not readable as YAML: ${message.split("\n", 1)[0]}`;
}

/** Where a tab stands between words; inside texts and comments it may. */
function tabOutsideTexts(text: string): number | undefined {
  let offset = 0;
  let inText = false;
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    // These are marks of the lexer and not part of the text.
    if (type === "doc-mode" || type === "flow-error-end" || type === "scalar") {
      inText = type === "scalar";
      continue;
    }
    if (!inText && type === "space" && source.includes("\t")) return offset + source.indexOf("\t");
    offset += source.length;
    inText = false;
  }
  return undefined;
}

/** Aliases of anchors that are not there. */
function nameless(doc: Document, lineOf: Reading["lineOf"]): readonly UserDataProblem[] {
  const problems: UserDataProblem[] = [];
  visit(doc, {
    Alias: (_key, alias) => {
      if (alias.resolve(doc) !== undefined) return;
      problems.push(
        errorAt(
          lineOf(alias),
          `"*${alias.source}" refers to an anchor that is not there; put a text that starts with * in quotes`,
        ),
      );
    },
  });
  return problems;
}
