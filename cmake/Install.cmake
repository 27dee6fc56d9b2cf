# cmake --install: programs, the systemd unit with the path of the program that was installed, documents.
include(GNUInstallDirs)

if(PARLEY_SANITIZE)
  # RocksDB is a library of its own then (cmake/rocksdb), and stays where it was built.
  set_target_properties(parleyd parley PROPERTIES INSTALL_RPATH $<TARGET_FILE_DIR:parley_rocksdb>)
endif()
install(TARGETS parleyd parley RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# At installation, when the prefix is known.
install(CODE "
  set(PARLEYD \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/parleyd\")
  configure_file(\"${CMAKE_SOURCE_DIR}/deploy/systemd/parleyd.service.in\"
    \"${CMAKE_BINARY_DIR}/parleyd.service\" @ONLY)")
install(FILES ${CMAKE_BINARY_DIR}/parleyd.service DESTINATION lib/systemd/system)
install(FILES README.md CHANGELOG.md LICENSE docs/configuration.md docs/operations.md docs/storage.md docs/cluster.md
  docs/scaling.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
# What a node of a fleet has besides: docs/cluster.md.
install(FILES deploy/systemd/fleet.conf deploy/systemd/fleet.toml deploy/systemd/fleet.env deploy/haproxy/haproxy.cfg.in
  deploy/nginx/parley.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
