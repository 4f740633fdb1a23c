declare const brand: unique symbol;

/**
 * A `T` that cannot be mistaken for another `T`: a flow id is not a client id
 * though both are strings. Brands exist for the type checker only.
 */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
