/** Tag data that a colour transform can't be read from. */
export class TransformError extends Error {}
