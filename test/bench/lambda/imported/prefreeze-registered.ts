import "@prefreeze/aws-lambda/register";

export { handler } from "./prefreeze.js";
