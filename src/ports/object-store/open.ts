// Lists the technologies for the object store. To add a technology, create its folder beside this file and add the
// technology to this list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { file } from "./file/index.ts";
import { gcs } from "./gcs/index.ts";
import { none } from "./none/index.ts";
import { s3 } from "./s3/index.ts";
import type { OpenObjectStoreOptions, ObjectStoreTechnology } from "./technology.ts";

export const objectStores: readonly ObjectStoreTechnology[] = [file, gcs, s3, none];

export const openObjectStore = ({ scheme, location }: StoreUrl, options: OpenObjectStoreOptions) =>
  technologyOf(objectStores, scheme).open(location, options);
