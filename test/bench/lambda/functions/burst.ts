import "@prefreeze/aws-lambda/register";

export { handler } from "./burst-before-returning.js";
