/** The limit between the eager and the rendezvous regime, and why it lies where it does. */

/**
 * With the addon: eager costs two native copies (62 ns each for 4 KiB) and no wait; single copy costs one, plus
 * a claim and a done stack push (about 60 ns), but the sender must see the end of it.
 */
export const EAGER_BYTES_NATIVE = 4096;

/** Without it the alternative is CTS and streaming, a whole round trip more: eager as far as the ring allows. */
export const EAGER_BYTES_PLAIN = 16 * 1024 - 128;
