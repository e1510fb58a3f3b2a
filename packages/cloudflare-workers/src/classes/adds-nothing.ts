/** The end of the text of a class without a body, or with the block by which esbuild keeps its name. */
const EMPTY_BODY = /\{\s*(?:static\s*\{[^{}]*\}\s*)?\}$/;

/**
 * Whether a class is its base or `class extends Base {}`, directly or by several classes, so that its objects have
 * no private fields and no methods but those of the base.
 */
export function addsNothing(prototype: object, base: object): boolean {
  let from: object | null = prototype;
  for (; from && from !== base; from = Reflect.getPrototypeOf(from)) {
    if (Reflect.ownKeys(from).length > 1) return false;
    const { constructor } = from;
    if (!EMPTY_BODY.test(Function.prototype.toString.call(constructor))) return false;
  }
  return from === base;
}
