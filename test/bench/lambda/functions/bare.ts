import { tell } from "./told.js";

export const handler = async () => tell();
