// Kernels of Omni's native engine. All of the interface is on this page.
//
// Every function takes the instruction set to use first or second; each set is compiled by function, chosen at run
// time, and gives the same result up to the rounding of floats. Arrays are row-major floats, at any alignment unless
// said otherwise, and do not overlap unless said otherwise. Letters: M rows of activations, N outputs (rows of a
// weight), K inputs (columns of a weight), T time, C channels, D width. Lengths and strides count elements, not bytes.
#ifndef COMNIKERNELS_H
#define COMNIKERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Instruction sets -----------------------------------------------------------------------------------------------

typedef enum omni_isa {
    omni_isa_scalar = 0,   // plain C for the baseline of the architecture: everywhere
    omni_isa_avx2 = 1,     // x86: AVX2, FMA
    omni_isa_avxvnni = 2,  // x86: the same with AVX-VNNI, the dot product of bytes in 256 bits
    omni_isa_avx512 = 3,   // x86: AVX-512 F, BW, DQ, VL and VNNI; BF16 where it is
    omni_isa_neon = 4,     // arm64: with the dot product
    omni_isa_neoni8mm = 5,  // arm64: the same with I8MM, matrix products of bytes; BF16 where it is
} omni_isa;

// Whether this machine and this build have `isa`.
bool omni_isa_is_available(omni_isa isa);
// The fastest set that is available.
omni_isa omni_isa_best(void);

// ---- Threads --------------------------------------------------------------------------------------------------------

// Threads that wait for pieces of a call: they spin for half a millisecond, then sleep until the next call. Several
// callers take turns, in the order in which they came; small calls stay on their caller's thread. NULL stands for no
// threads.
typedef struct omni_pool omni_pool;

// The most threads of a pool.
#define OMNI_THREAD_LIMIT 1024
// `thread_count`, 1 ... OMNI_THREAD_LIMIT, counts the caller; that many minus one are started, or as many of them as
// the system allows: see `omni_pool_thread_count`. NULL for another count, and where there is no memory for the pool
// itself.
omni_pool *omni_pool_create(ptrdiff_t thread_count);
// Threads that compute a call, the caller counted; 1 for NULL and for a thread that has reserved one of the pool's.
ptrdiff_t omni_pool_thread_count(const omni_pool *pool);
// Waits for the threads to end. No call may be under way.
void omni_pool_destroy(omni_pool *pool);
// Cores that this process may run on, hyper-threads of one core counted once.
ptrdiff_t omni_core_count(void);
// Runs body(context, 0 ..< piece_count), each once, on the pool and the caller's thread. `body` must not use the pool.
void omni_pool_run(omni_pool *pool, ptrdiff_t piece_count, void (*body)(void *context, ptrdiff_t piece), void *context);
// Reserves one of the pool's threads for the caller: a worker sleeps until the thread is released, and the calls of
// this thread run on it alone, at the same time as those of the pool's other callers. False when the pool has no thread
// to reserve, or when the calling thread has reserved one already; then nothing changes.
bool omni_pool_reserve_thread(omni_pool *pool);
// Ends the reservation, on the same thread.
void omni_pool_release_thread(omni_pool *pool);

// ---- Packed weights -------------------------------------------------------------------------------------------------

// All formats interleave panels of 16 rows, so that one 64-byte line feeds 16 outputs. N is padded to panels, K to
// steps.
typedef enum omni_format {
    omni_format_float32 = 0,   // step 1: a line holds one column
    omni_format_bfloat16 = 1,  // step 2: a line holds pairs of columns
    omni_format_int8 = 2,      // step 64: a line of scales, then 16 lines of 4 columns: value = scale · (byte − 128)
    omni_format_int4 = 3,      // step 64: a line of scales, then 8 lines of 8 columns: value = scale · (nibble − 8)
} omni_format;
// Integer formats have a scale for each 32 columns of a row, a bfloat16; a line of scales holds those of two such
// blocks in the lower and upper halves of 16 words. Nibbles: the lower ones are the first 4 of a line's 8 columns.

// The version of these bytes. Files keep them: count it up with every change of the layout.
#define OMNI_LAYOUT_VERSION 1

// A packed [N, K] matrix.
typedef struct omni_matrix {
    omni_format format;
    ptrdiff_t output_width;   // N
    ptrdiff_t input_width;    // K
    const void *panels;       // omni_packed_size bytes, 64-byte aligned
    const float *bias;        // [N padded to 16], 64-byte aligned, or NULL
} omni_matrix;

// Bytes of a packed [N, K] matrix; PTRDIFF_MAX for one that has no place in memory.
size_t omni_packed_size(omni_format format, ptrdiff_t output_width, ptrdiff_t input_width);
// Packs `weight` [N, K] into `panels`. False when an integer format meets a value that is not finite.
bool omni_pack(
    omni_pool *pool, omni_isa isa, omni_format format, const float *weight, ptrdiff_t output_width,
    ptrdiff_t input_width, void *panels);
// Packs integers that the caller chose, −127 … 127 or −8 … 7: `codes` [N, K], and `scales` [N, K / 32 rounded up],
// each a number that a bfloat16 holds. `format` is one of the integers.
void omni_pack_codes(
    omni_format format, const int8_t *codes, const float *scales, ptrdiff_t output_width, ptrdiff_t input_width,
    void *panels);
// Writes row `row` of the weight, without bias, to `y` [K].
void omni_unpack_row(const omni_matrix *matrix, ptrdiff_t row, float *y);

// y [M, N] = x · Wᵀ + bias, or y += when `accumulating`. Row m of `x` starts at x + m · x_stride; rows may overlap one
// another. Integer formats round each 32 columns of a row of x to 8 bits: the largest magnitude to 127, or with int8 and
// AVX2, whose sums have 16 bits, to 31 ... 127 so that they fit. bfloat16 rounds x to bfloat16 for more than 8 rows
// where the machine has BF16. Otherwise a row's result does not depend on how many rows there are.
void omni_multiply(
    omni_pool *pool, omni_isa isa, const omni_matrix *matrix, const float *x, ptrdiff_t x_stride, ptrdiff_t row_count,
    bool accumulating, float *y);

// Multiplies and adds with the instructions that `omni_multiply` takes for `format`, on registers alone, all threads
// together: what no product can be faster than. Returns the additions and multiplications done, in proportion to
// `repetition_count`.
double omni_multiply_at_peak(omni_pool *pool, omni_isa isa, omni_format format, ptrdiff_t repetition_count);

// ---- Attention ------------------------------------------------------------------------------------------------------

typedef struct omni_attention {
    ptrdiff_t query_count, key_count, head_count, group_count, head_width;
    float scale;
    bool is_causal;           // query t sees keys 0 ... t + causal_offset
    ptrdiff_t causal_offset;
    // May round q, k, v and the shares for many queries: to bfloat16 where the machine has BF16, to integers of 16 bits
    // with scales on other x86 machines with AVX2.
    bool rounds;
    ptrdiff_t query_time_stride, query_head_stride, key_time_stride, key_head_stride;  // values lie like keys
    // Keys and values are bfloat16, not floats: half the memory, for which a single query waits. The result has the
    // bits that the same numbers give as floats.
    bool has_bfloat16_keys;
} omni_attention;

// y [queries, heads · head width] = softmax(q · kᵀ · scale) · v; head h reads group h / (heads / groups). A query that
// sees no key gives zeros. A single row of a group, one query with one head, is added up in another order than several:
// its last digits differ.
void omni_attend(
    omni_pool *pool, omni_isa isa, const omni_attention *shape, const float *queries, const void *keys,
    const void *values, float *y);

// ---- Rows: x, y [M, D]; y may be x ----------------------------------------------------------------------------------

// y = x / √(mean(x²) + epsilon) · weight [D]
void omni_normalize_rms(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight,
    float epsilon, float *y);
// y = (x − mean) / √(variance + epsilon) · weight [D] + bias [D]
void omni_normalize_layer(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight,
    const float *bias, float epsilon, float *y);
// Softmax of each row, in place.
void omni_softmax(omni_pool *pool, omni_isa isa, float *x, ptrdiff_t row_count, ptrdiff_t width);
// y += scales [M] · x
void omni_add_scaled_rows(
    omni_pool *pool, omni_isa isa, const float *x, const float *scales, ptrdiff_t row_count, ptrdiff_t width, float *y);

// ---- Elements: in place ---------------------------------------------------------------------------------------------

typedef enum omni_activation {
    omni_activation_gelu = 0,       // x · Φ(x)
    omni_activation_gelu_tanh = 1,  // the hyperbolic-tangent form
    omni_activation_silu = 2,
    omni_activation_relu = 3,
    omni_activation_sigmoid = 4,
    omni_activation_tanh = 5,
} omni_activation;

// x = activation(x)
void omni_activate(omni_pool *pool, omni_isa isa, omni_activation activation, float *x, ptrdiff_t count);
// y = activation(y) · x
void omni_gate(
    omni_pool *pool, omni_isa isa, omni_activation activation, float *y, const float *x, ptrdiff_t count);
// y += x
void omni_add(omni_pool *pool, omni_isa isa, const float *x, float *y, ptrdiff_t count);

// ---- Channels last --------------------------------------------------------------------------------------------------

// y [T, C] = x + inverse_alpha [C] · sin²(alpha [C] · x). y may be x.
void omni_snake(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *alpha,
    const float *inverse_alpha, float *y);
// y [T, C] = bias [C] + Σₖ x[t + k · dilation] · weight[k]; x [T + (taps − 1) · dilation, C], weight [taps, C], bias or
// NULL. A snake of the result follows, with alpha [C] and inverse_alpha [C], unless they are NULL.
void omni_convolve_depthwise(
    omni_pool *pool, omni_isa isa, const float *x, ptrdiff_t frame_count, ptrdiff_t channel_count, const float *weight,
    ptrdiff_t tap_count, ptrdiff_t dilation, const float *bias, const float *alpha, const float *inverse_alpha,
    float *y);
#endif
