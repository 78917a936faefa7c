// The one thing done to a packed Worker's wasm: function names out. They are a quarter of the file and a tenth of what
// is uploaded, and a panic names its file and line without them. wasm-opt could do it, but would write the code anew.

const HEADER_BYTES = 8;
const CUSTOM = 0;

/** The module without its `name` section; all other bytes stay as they are. */
export function withoutNames(wasm) {
  if (wasm.subarray(0, 4).toString('latin1') !== '\0asm') throw new Error('not a WebAssembly module');
  const kept = [wasm.subarray(0, HEADER_BYTES)];
  for (let at = HEADER_BYTES; at < wasm.length; ) {
    const size = unsigned(wasm, at + 1);
    const end = size.next + size.value;
    if (!(wasm[at] === CUSTOM && customName(wasm, size.next) === 'name')) kept.push(wasm.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

function customName(wasm, at) {
  const length = unsigned(wasm, at);
  return wasm.subarray(length.next, length.next + length.value).toString('utf8');
}

/** An unsigned LEB128 number and where it ends. */
function unsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}
