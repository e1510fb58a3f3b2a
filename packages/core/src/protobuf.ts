export { protobuf } from "./exposition/protobuf.js";
