// A file of its own in the layer, so that a cold start reads it only if it is used.
export { protobuf } from "@prefreeze/core/protobuf";
