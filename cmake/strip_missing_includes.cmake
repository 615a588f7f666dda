# The ROS wheels' CMake targets name Python include folders of the container they were built in
# (/opt/python/...), and CMake refuses an imported target whose include folder does not exist.
# Given as CMAKE_PROJECT_INCLUDE, this drops such folders from all imported targets at the end of
# the configure step. Elsewhere it finds nothing to do.
function(strip_missing_includes)
  get_property(targets DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(includes MATCHES "/opt/python/")
      list(FILTER includes EXCLUDE REGEX "^/opt/python/")
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${includes}")
    endif()
  endforeach()
endfunction()
cmake_language(DEFER CALL strip_missing_includes)
