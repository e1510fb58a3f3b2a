// Preloaded into `next start`: the request context that Vercel's server keeps. It says how much `waitUntil` holds.
let held = 0;
const waitUntil = (promise) => {
  console.log(`waitUntil holds ${++held}`);
  const settled = () => console.log(`waitUntil holds ${--held}`);
  Promise.resolve(promise).then(settled, settled);
};
const context = { headers: {}, waitUntil };
for (const name of ["@vercel/request-context", "@next/request-context"])
  globalThis[Symbol.for(name)] = { get: () => context };
