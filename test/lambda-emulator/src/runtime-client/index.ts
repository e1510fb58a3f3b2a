export { compiledNativeClient, compileNativeClient } from "./native-client.js";
export { nativeWherePossible } from "./native-where-possible.js";
export { nodeBinary, type RuntimeClient, runtimeClientFolder } from "./runtimes.js";
