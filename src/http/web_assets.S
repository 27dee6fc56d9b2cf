// The bytes of the web app, which tools/embed_web put one behind the other into one file
// (PARLEY_WEB_BYTES, from the build): the assembler copies them, no compiler reads them.
    .section .rodata
    .global parley_web_bytes
    .p2align 4
parley_web_bytes:
    .incbin PARLEY_WEB_BYTES
    .section .note.GNU-stack, "", %progbits
