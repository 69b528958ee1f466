import ts from "typescript";
import { describe, expect, it } from "vitest";

import { en } from "../src/words/en";
import { it as italian } from "../src/words/it";

type Tree = { readonly [name: string]: string | Tree };

/** Every text by its path. */
function texts(tree: Tree, path: string[] = []): Map<string, string> {
  const found = Object.entries(tree).flatMap(([name, inner]) =>
    typeof inner === "string" ? [[[...path, name].join("."), inner] as const] : [...texts(inner, [...path, name])],
  );
  return new Map(found);
}

const english = texts(en);
const translated = texts(italian);

function blanks(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g))].sort();
}

describe("the two languages", () => {
  it("say the same things", () => {
    expect([...translated.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("fill in the same", () => {
    const differing = [...english].filter(([path, text]) => blanks(text).join() !== blanks(translated.get(path) ?? "").join());
    expect(differing.map(([path]) => path)).toEqual([]);
  });

  it("leave nothing empty that the other one says", () => {
    const differing = [...english].filter(([path, text]) => (text === "") !== (translated.get(path) === ""));
    expect(differing.map(([path]) => path)).toEqual([]);
  });
});

it("every text is said somewhere", { timeout: 60_000 }, () => {
  const said = saidTexts(new URL("../", import.meta.url).pathname);
  expect([...english.keys()].filter((path) => !said.has(path))).toEqual([]);
});

/** The paths of the texts that the sources reach, as the compiler understands them. */
function saidTexts(folder: string): Set<string> {
  const { options, fileNames } = ts.parseJsonConfigFileContent(ts.readConfigFile(`${folder}tsconfig.json`, ts.sys.readFile).config, ts.sys, folder);
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const sources = program.getSourceFiles().filter((file) => file.fileName.startsWith(`${folder}src/`) && !file.fileName.includes("/words/"));
  const said = new Set<string>();

  /** The property of the English texts that a symbol is. */
  const declared = (symbol: ts.Symbol | undefined) =>
    symbol?.declarations?.find((node) => ts.isPropertyAssignment(node) && node.getSourceFile().fileName.endsWith("/src/words/en.ts")) as
      | ts.PropertyAssignment
      | undefined;

  const say = (property: ts.PropertyAssignment | undefined) => {
    if (!property) return;
    if (ts.isObjectLiteralExpression(property.initializer)) property.initializer.properties.forEach((inner) => say(inner as ts.PropertyAssignment));
    else said.add(pathOf(property));
  };

  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && !isStep(node)) say(declared(checker.getSymbolAtLocation(node.name)));
    if (ts.isElementAccessExpression(node)) chosen(node, checker).forEach((symbol) => say(declared(symbol)));
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const property = declared(checker.getTypeAtLocation(node.parent).getProperty((node.propertyName ?? node.name).getText()));
      // What is taken apart further is said where its parts are.
      if (property && !ts.isObjectLiteralExpression(property.initializer)) say(property);
    }
    ts.forEachChild(node, visit);
  };
  sources.forEach(visit);
  return said;
}

/** Whether an access is only the way to a text within it. */
function isStep(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) return parent.expression === node;
  return ts.isVariableDeclaration(parent) && !parent.type;
}

/** The texts that an index may choose. */
function chosen(node: ts.ElementAccessExpression, checker: ts.TypeChecker): ts.Symbol[] {
  const index = checker.getTypeAtLocation(node.argumentExpression);
  const names = (index.isUnion() ? index.types : [index]).flatMap((type) => (type.isStringLiteral() ? [type.value] : []));
  return checker.getTypeAtLocation(node.expression).getProperties().filter((property) => names.includes(property.name));
}

function pathOf(property: ts.PropertyAssignment): string {
  const names: string[] = [];
  for (let node: ts.Node = property; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isPropertyAssignment(node)) names.unshift(node.name.getText());
  }
  return names.join(".");
}
