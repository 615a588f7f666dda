# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Lets a package build against the ROS wheels; given as CMAKE_PROJECT_INCLUDE, it runs at the end
# of the configure step. With an installed ROS 2 it finds nothing to do.
function(adapt_to_ros_wheels)
  # The wheels' targets name include folders of the container they were built in, and CMake
  # refuses an imported target whose include folder does not exist.
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(includes MATCHES "/opt/python/")
      list(FILTER includes EXCLUDE REGEX "^/opt/python/")
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${includes}")
    endif()
  endforeach()

  # The generated libraries would export NumPy's headers by their full path, and CMake refuses
  # that where the environment lies inside the source tree, as .venv does.
  get_property(targets DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(includes MATCHES "/site-packages/")
      list(TRANSFORM includes REPLACE "^/.*/site-packages/.*" "$<BUILD_INTERFACE:\\0>")
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${includes}")
    endif()
    # Most of the time goes into the same large headers, once per message: compile them once.
    if(target MATCHES "__rosidl_typesupport_(fastrtps_c|fastrtps_cpp|cpp)$")
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 14)
    endif()
  endforeach()
endfunction()

cmake_language(DEFER CALL adapt_to_ros_wheels)
