import "@prefreeze/aws-lambda/register";

export { handler } from "./before-returning.js";
