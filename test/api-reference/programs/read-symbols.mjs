// Prints every public symbol of the entry points as JSON: its docstring, its type, and the errors that it throws.
// `rules.ts` judges them; its interface PublicSymbol describes the fields.
//
// Usage: node read-symbols.mjs ROOT TSCONFIG NAME=FILE…, with one NAME=FILE for each entry point.
import { dirname, relative } from "node:path";
import ts from "typescript";
import { createThrowFinder } from "./throws.mjs";

const [root, settings, ...words] = process.argv.slice(2);
const named = words.map((word) => word.split("="));
const entries = named.map(([, file]) => file);
const paths = Object.fromEntries(named.map(([name, file]) => [name, [file]]));
const { config } = ts.readConfigFile(settings, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(settings));
const program = ts.createProgram(entries, { ...options, paths });
const checker = program.getTypeChecker();
const ourFiles = program
  .getSourceFiles()
  .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
const throwsOf = createThrowFinder(checker, ourFiles);

const symbols = [];
const NOTHING = {
  context: "",
  tags: {},
  isOptional: false,
  isNumeric: false,
  isPrimitive: false,
  throws: [],
};
/** Declarations that were read already. Several entry points export the same symbol, and interfaces inherit members. */
const seen = new Set();
for (const entry of entries) {
  const file = program.getSourceFile(entry);
  const module = checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is no module`);
  const exports = checker.getExportsOfModule(module);
  for (const exported of exports) readSymbol(exported, exported.name);
  if (exports.length === 0) readModule(file);
}
console.log(JSON.stringify(symbols));

/** An entry point that exports nothing: users import it for its side effect. */
function readModule(file) {
  const [comment = ""] = /^\/\*\*[\s\S]*?\*\//.exec(file.text) ?? [];
  add(file, inRoot(file.fileName), {
    ...NOTHING,
    kind: "Module",
    text: /@(module|packageDocumentation)\b/.test(comment) ? comment : "",
  });
}

function readSymbol(exported, path) {
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const [declaration] = symbol.declarations?.filter(isOurs) ?? [];
  if (declaration === undefined || seen.has(declaration) || isInternal(symbol)) return;
  seen.add(declaration);
  const isType = (symbol.flags & ts.SymbolFlags.Type) !== 0;
  const type = isType
    ? checker.getDeclaredTypeOfSymbol(symbol)
    : checker.getTypeOfSymbolAtLocation(symbol, declaration);
  const docs = docsOf(symbol);
  const calls = isType ? [] : checker.getNonNullableType(type).getCallSignatures();
  add(declaration, path, {
    ...NOTHING,
    kind: calls.length > 0 ? "Function" : isType ? "Type" : "Value",
    text: docs.summary,
    context: docs.whole,
    tags: docs.tags,
    isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
    isNumeric: !isType && isNumeric(type),
    isPrimitive: !isType && isPrimitive(type),
    throws: calls.length > 0 ? [...throwsOf(symbol)].map(inRepository) : [],
  });
  for (const [index, signature] of calls.entries()) {
    // The docstring of the first overload describes all of them.
    if (index === 0) readSignature(signature, path, declaration, docs);
  }
  if (isType)
    for (const member of membersOf(symbol, type)) readSymbol(member, `${path}.${nameOf(member)}`);
}

function readSignature(signature, path, declaration, docs) {
  for (const parameter of signature.parameters) {
    const [own] = parameter.declarations ?? [];
    const type = checker.getTypeOfSymbolAtLocation(parameter, declaration);
    add(own ?? declaration, `${path}(${parameter.name})`, {
      ...NOTHING,
      kind: "Parameter",
      text: ts.displayPartsToString(parameter.getDocumentationComment(checker)),
      context: docs.whole,
      isOptional: own !== undefined && checker.isOptionalParameter(own),
      isNumeric: isNumeric(type),
      isPrimitive: isPrimitive(type),
    });
  }
  add(declaration, `${path}()`, {
    ...NOTHING,
    kind: "Result",
    text: docs.tags.returns?.join(" ") ?? "",
    context: docs.whole,
    isNumeric: isNumeric(signature.getReturnType()),
  });
}

/** The members of an interface, a class or an object type. Other types have none. */
function membersOf(symbol, type) {
  const isShape = symbol.declarations.some(
    (each) =>
      ts.isInterfaceDeclaration(each) ||
      ts.isClassDeclaration(each) ||
      (ts.isTypeAliasDeclaration(each) && ts.isTypeLiteralNode(each.type)),
  );
  return isShape ? checker.getPropertiesOfType(type).filter((each) => !isPrivate(each)) : [];
}

function add(declaration, path, fields) {
  const file = declaration.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
  symbols.push({ path, place: inRoot(`${file.fileName}:${line + 1}`), ...fields });
}

function docsOf(symbol) {
  const summary = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = {};
  for (const { name, text } of symbol.getJsDocTags(checker)) {
    (tags[name] ??= []).push(ts.displayPartsToString(text));
  }
  return { summary, tags, whole: [summary, ...Object.values(tags).flat()].join("\n") };
}

function isNumeric(type) {
  const awaited = checker.getAwaitedType(type) ?? type;
  const parts = awaited.isUnion() ? awaited.types : [awaited];
  return parts.some(
    (part) =>
      (part.flags & ts.TypeFlags.NumberLike) !== 0 ||
      (checker.isArrayType(part) && isNumeric(checker.getTypeArguments(part)[0])),
  );
}

function isPrimitive(type) {
  const { NumberLike, StringLike, BooleanLike, Undefined } = ts.TypeFlags;
  const parts = type.isUnion() ? type.types : [type];
  return parts.every(({ flags }) => flags & (NumberLike | StringLike | BooleanLike | Undefined));
}

/** The compiler has names of its own for members such as `[Symbol.asyncDispose]`. */
function nameOf({ name, valueDeclaration }) {
  return name.startsWith("__@") ? (valueDeclaration?.name.getText() ?? name) : name;
}

function isPrivate(symbol) {
  const flags = symbol.declarations?.map(ts.getCombinedModifierFlags) ?? [];
  return (
    flags.some((each) => (each & ts.ModifierFlags.Private) !== 0) || symbol.name.startsWith("#")
  );
}

function isInternal(symbol) {
  return symbol.getJsDocTags().some(({ name }) => name === "internal");
}

function isOurs(declaration) {
  return ourFiles.includes(declaration.getSourceFile());
}

function inRepository([place, name]) {
  return { name, place: inRoot(place) };
}

function inRoot(place) {
  return relative(root, place).replaceAll("\\", "/");
}
