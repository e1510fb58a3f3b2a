import ts from "typescript";

/**
 * Finds the errors that our functions throw, by their own `throw` statements or by those of our functions that they
 * call, unless a `catch` handles them. A rejection of an async function counts if the caller awaits or returns the
 * promise. Callbacks are not followed.
 *
 * @param {ts.TypeChecker} checker
 * @param {readonly ts.SourceFile[]} files our own source files
 */
export function createThrowFinder(checker, files) {
  const implementations = findImplementations(checker, files);
  /** @type {Map<ts.Node, Map<string, string>>} for each function, the type of each error by the place of its `throw` */
  const known = new Map();

  /** @returns {readonly ts.Node[]} the functions that a call of the declaration can run */
  function bodiesOf(declaration) {
    if (declaration === undefined) return [];
    if (declaration.body !== undefined) return [declaration];
    const symbol = declaration.symbol;
    const overload = symbol?.declarations?.find((each) => each.body !== undefined);
    return overload ? [overload] : [...(implementations.get(symbol) ?? [])];
  }

  function throwsOf(func) {
    const before = known.get(func);
    if (before !== undefined) return before;
    const found = new Map();
    // Set before the visit, which ends recursion: a recursive call adds no other errors.
    known.set(func, found);
    visit(func.body, false);
    return found;

    function visit(node, isCaught) {
      if (node === undefined || (ts.isFunctionLike(node) && node !== func)) return;
      if (ts.isTryStatement(node)) {
        visit(node.tryBlock, isCaught || node.catchClause !== undefined);
        visit(node.catchClause?.block, isCaught);
        visit(node.finallyBlock, isCaught);
        return;
      }
      if (!isCaught && ts.isThrowStatement(node)) found.set(placeOf(node), nameOf(node.expression));
      if (
        !isCaught &&
        (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
        !isHandled(node)
      ) {
        const { declaration } = checker.getResolvedSignature(node) ?? {};
        for (const body of bodiesOf(declaration)) {
          if (isAsync(body) && !isWaitedFor(node)) continue;
          for (const [place, name] of throwsOf(body)) found.set(place, name);
        }
      }
      ts.forEachChild(node, (child) => visit(child, isCaught));
    }
  }

  /** @param {ts.Symbol} symbol a function, a method, or a property that holds one */
  return (symbol) => {
    const bodies = (symbol.declarations ?? []).flatMap((declaration) =>
      bodiesOf(functionOf(declaration) ?? declaration),
    );
    const ofLiterals = [...(implementations.get(symbol) ?? [])];
    return new Map([...bodies, ...ofLiterals].flatMap((body) => [...throwsOf(body)]));
  };

  function placeOf(node) {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return `${file.fileName}:${line + 1}`;
  }

  function nameOf(expression) {
    return checker.typeToString(checker.getTypeAtLocation(expression));
  }
}

/**
 * The functions in object literals that implement a member of an interface, by that member.
 *
 * @returns {Map<ts.Symbol, Set<ts.Node>>}
 */
function findImplementations(checker, files) {
  const found = new Map();
  const add = (member, func) => {
    if (member === undefined || func?.body === undefined) return;
    found.set(member, (found.get(member) ?? new Set()).add(func));
  };
  const visit = (node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const type = checker.getContextualType(node);
      for (const property of node.properties) {
        const name = property.name?.getText();
        if (name !== undefined) add(type?.getProperty(name), valueOf(property));
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of files) visit(file);
  return found;

  function valueOf(property) {
    if (!ts.isShorthandPropertyAssignment(property)) return functionOf(property);
    const [declaration] = checker.getShorthandAssignmentValueSymbol(property)?.declarations ?? [];
    return declaration && functionOf(declaration);
  }
}

/** @param {ts.Node} node */
function functionOf(node) {
  if (ts.isFunctionLike(node)) return node;
  const { initializer } = node;
  return initializer !== undefined && ts.isFunctionLike(initializer) ? initializer : undefined;
}

/** @param {ts.Node} func */
function isAsync(func) {
  return (ts.getCombinedModifierFlags(func) & ts.ModifierFlags.Async) !== 0;
}

/** `call().catch(…)`, `call().then(…, …)`. */
function isHandled(call) {
  const { parent } = call;
  if (!ts.isPropertyAccessExpression(parent) || !ts.isCallExpression(parent.parent)) return false;
  const { length } = parent.parent.arguments;
  return parent.name.text === "catch" || (parent.name.text === "then" && length > 1);
}

/** @param {ts.Node} node */
function isWaitedFor(node) {
  const { parent } = node;
  if (ts.isAwaitExpression(parent) || ts.isReturnStatement(parent)) return true;
  if (ts.isArrowFunction(parent)) return parent.body === node;
  const passes =
    ts.isParenthesizedExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isBinaryExpression(parent);
  return passes && isWaitedFor(parent);
}
