# PARLEY_FUZZ: whether this build folder can make fuzzers (fuzz/). Its objects count what they reach, for libFuzzer; the
# tests and programs of the same folder are linked without it, so that one build serves all.
set(PARLEY_FUZZ OFF)
if(PARLEY_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  set(PARLEY_FUZZ ON)
  target_compile_options(parley_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# PARLEY_TEST_ENVIRONMENT: the environment of every test of this build folder.
# A report of a sanitizer ends the program with an exit code that no test takes for success.
set(symbolizer external_symbolizer_path=/usr/lib/llvm-19/bin/llvm-symbolizer)
set(PARLEY_TEST_ENVIRONMENT "")
if(PARLEY_SANITIZE MATCHES address)
  set(PARLEY_TEST_ENVIRONMENT
    ASAN_OPTIONS=${symbolizer}:exitcode=66:detect_stack_use_after_return=1:strict_string_checks=1
    LSAN_OPTIONS=${symbolizer}:print_suppressions=0
    UBSAN_OPTIONS=${symbolizer}:print_stacktrace=1)
elseif(PARLEY_SANITIZE MATCHES thread)
  set(PARLEY_TEST_ENVIRONMENT
    TSAN_OPTIONS=${symbolizer}:exitcode=66:second_deadlock_stack=1:suppressions=${CMAKE_SOURCE_DIR}/tools/tsan.supp)
endif()
