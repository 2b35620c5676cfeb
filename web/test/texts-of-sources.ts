// Searches source files for the texts that the components show. Tests of the dictionaries use these
// texts. Test files, and files with "generated" in their path, are left out.
import { type Node, type NodePath, parseSync, traverse } from "@babel/core";
import { Glob } from "bun";

interface Bare {
  readonly file: string;
  readonly text: string;
}

export interface Texts {
  /**
   * Each text that is written in a call of `t` or `plural`, with the path of one file that contains
   * the call.
   */
  readonly translated: ReadonlyMap<string, string>;
  /** Every string literal in the source files. Template literals are not included. */
  readonly literals: ReadonlySet<string>;
  /** The texts that are shown without a translation. */
  readonly bare: readonly Bare[];
}

interface TextsOptions {
  /** Returns whether the texts of a file are read. `file` is the path relative to the `folder` of `readTexts`. */
  isOf(file: string): boolean;
  /** The attributes and properties whose text a person reads. */
  readonly spoken: readonly string[];
  /** The functions that show their first argument to a person. */
  readonly showing: readonly string[];
}

const hasWords = (text: string): boolean => /\p{L}{2}/u.test(text);
/** Whether a text is an example of an input, such as a short name or the beginning of an address. */
const isExample = (text: string): boolean => /^[a-z0-9:/@.-]*$/.test(text);

export async function readTexts(folder: string, { isOf, spoken, showing }: TextsOptions): Promise<Texts> {
  const translated = new Map<string, string>();
  const literals = new Set<string>();
  const bare: Bare[] = [];
  const isShown = createIsShown(new Set(spoken), new Set(showing));
  for (const file of new Glob("**/*.{ts,tsx}").scanSync(folder)) {
    if (/\.test\.|generated/.test(file) || !isOf(file)) continue;
    const ast = parseSync(await Bun.file(`${folder}/${file}`).text(), {
      ...{ configFile: false, babelrc: false, filename: file },
      parserOpts: { plugins: ["typescript", "jsx"] },
    });
    traverse(ast!, {
      CallExpression({ node: { callee, arguments: given } }) {
        const name = callee.type === "Identifier" ? callee.name : "";
        const text = name === "t" ? given[0] : name === "plural" ? given[2] : undefined;
        for (const one of textsOf(text)) if (one) translated.set(one, file);
      },
      StringLiteral(path) {
        literals.add(path.node.value);
        if (hasWords(path.node.value) && isShown(path)) bare.push({ file, text: path.node.value });
      },
      TemplateElement(path) {
        const text = path.node.value.cooked ?? "";
        if (hasWords(text) && isShown(path)) bare.push({ file, text });
      },
      JSXText({ node, parent }) {
        if (hasWords(node.value) && !isCode(parent)) bare.push({ file, text: node.value.trim() });
      },
    });
  }
  return { translated, literals, bare };
}

const textsOf = (node: Node | null | undefined): string[] =>
  node?.type === "StringLiteral"
    ? [node.value]
    : node?.type === "ConditionalExpression"
      ? [node.consequent, node.alternate].flatMap(textsOf)
      : [];

const isCode = (node: Node | undefined): boolean =>
  node?.type === "JSXElement" &&
  node.openingElement.name.type === "JSXIdentifier" &&
  node.openingElement.name.name === "code";

/**
 * Returns a function that tells whether the page shows a text. These texts are shown:
 * - the children of all elements except `code`
 * - the values of the attributes and properties in `spoken`, except a placeholder that is only an example
 * - the first arguments of the functions in `showing`
 */
function createIsShown(spoken: ReadonlySet<string>, showing: ReadonlySet<string>) {
  const isSpoken = (name: string, { node }: NodePath): boolean =>
    spoken.has(name) && !(node.type === "StringLiteral" && name === "placeholder" && isExample(node.value));
  return (path: NodePath): boolean => {
    for (let at = path; at.parentPath; at = at.parentPath) {
      const parent: Node = at.parentPath.node;
      if (parent.type.startsWith("TS") || parent.type === "MemberExpression") return false;
      if (parent.type === "BinaryExpression" && parent.operator !== "+") return false;
      if (parent.type === "ConditionalExpression" && at.key === "test") return false;
      if (parent.type === "CallExpression" || parent.type === "NewExpression")
        return parent.callee.type === "Identifier" && showing.has(parent.callee.name) && at.key === 0;
      if (parent.type === "ObjectProperty")
        return at.key === "value" && parent.key.type === "Identifier" && isSpoken(parent.key.name, path);
      if (parent.type === "JSXAttribute") return isSpoken(String(parent.name.name), path);
      if (parent.type === "JSXExpressionContainer" && at.parentPath.parent.type !== "JSXAttribute")
        return !isCode(at.parentPath.parent);
    }
    return false;
  };
}
