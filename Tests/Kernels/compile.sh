# Compiles the C kernels for the test programs beside it; to be sourced.
kernels="$root/Sources/COmniKernels"
system="$root/Sources/COmniSystem"
tests="$root/Tests/Kernels"

# Compiles all kernels into FOLDER/*.o, as many at a time as there are cores.
compile_kernels() { # folder, then compiler options
    local folder="$1"
    shift
    mkdir -p "$folder"
    # shellcheck disable=SC2016  # the inner shell expands these
    printf '%s\0' "$kernels"/*.c "$system"/*.c | xargs -0 -n 1 -P "$(getconf _NPROCESSORS_ONLN)" bash -c '
        source="${!#}"
        exec clang "${@:2:$#-2}" -c "$source" -o "$1/$(basename "$source" .c).o"' compile "$folder" \
        -Wall -Wextra -Werror -I "$kernels/include" -I "$system/include" "$@"
}

# Links one test program with the kernels of a folder into FOLDER/PROGRAM.
link_program() { # folder, program, then compiler options
    local folder="$1" program="$2"
    shift 2
    clang -Wall -Wextra -Werror -I "$kernels/include" -I "$system/include" "$@" "$tests/$program"*.c "$folder"/*.o \
        -o "$folder/$program" -lpthread -lm
}
