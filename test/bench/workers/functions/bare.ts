export { shop as default } from "./shop.js";
