// What messages are made of. See methods.ts.
import type { AnyChunk, KnownBlock } from "@slack/types";

export interface Parts {
  block: KnownBlock;
  chunk: AnyChunk;
}
