// What a dictionary must hold.

import type { en } from "./en";

/** A dictionary of the shape of the English one. */
export type Words = Shape<typeof en>;
type Shape<T> = T extends string ? string : { readonly [K in keyof T]: Shape<T[K]> };
