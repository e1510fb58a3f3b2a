// Preloaded into the process of a function. Ends it when the test or the demo that started it ends,
// however that happens.
process.once("disconnect", () => process.exit(1));
