# The sources and flags of native/CMakeLists.txt for node-gyp. Not in the tarball: npm would run node-gyp by itself.
{
  'targets': [
    {
      'target_name': 'mpi4ts',
      'sources': [
        'native/across.cc',
        'native/copy.cc',
        'native/cpu.cc',
        'native/lending.cc',
        'native/exposures.cc',
        'native/fence.cc',
        'native/holds.cc',
        'native/meeting.cc',
        'native/memory.cc',
        'native/module.cc',
        'native/move.cc',
        'native/pack.cc',
        'native/reallocation.cc',
        'native/reduce.cc',
        'native/reduction-loops.cc',
        'native/runtime.cc',
        'native/segment.cc',
        'native/shared-copy.cc',
        'native/socket-table.cc',
        'native/sockets.cc',
        'native/store.cc',
        'native/thread.cc',
        'native/watch.cc',
      ],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
      'defines': ['NAPI_VERSION=9', 'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      'cflags_cc': [
        '-std=c++17', '-O3', '-Wall', '-Wextra', '-Werror=return-type', '-fno-exceptions', '-fno-rtti',
        '-fvisibility=hidden', '-fno-plt', '-ffunction-sections', '-fdata-sections',
      ],
      'ldflags': [
        '-static-libstdc++', '-static-libgcc', '-s', '-Wl,--gc-sections', 
        '-Wl,--version-script=<(module_root_dir)/native/exports.map', '-Wl,-z,nodelete',
      ],
    },
  ],
}
