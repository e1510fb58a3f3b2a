// Preloaded into the process of a function, so that none outlives the test or the demo that
// started it, however that ended.
process.once("disconnect", () => process.exit(1));
