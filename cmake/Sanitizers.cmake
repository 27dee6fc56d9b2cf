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
