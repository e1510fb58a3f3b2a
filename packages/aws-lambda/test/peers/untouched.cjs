// A function without prefreeze.
exports.handler = async (event) => {
  if (event.throws) throw new RangeError("no");
  return { ok: true };
};
