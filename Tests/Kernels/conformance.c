// Every kernel on every instruction set of the machine against plain loops in double precision: the Swift suite
// examines the same through the engine, this one also where there is no Swift, as under an emulator. Prints the largest
// differences and returns the number of failures.
#include "conformance.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;
int failure_count;

static float noise(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)((int64_t)state >> 24) * (1.0f / 549755813888.0f);
}

float *floats(ptrdiff_t count, float scale) {
    float *x = malloc((size_t)(count + 1) * sizeof *x);
    for (ptrdiff_t i = 0; i < count; i++) x[i] = noise() * scale;
    return x;
}

static float *copy(const float *x, ptrdiff_t count) {
    float *y = malloc((size_t)(count + 1) * sizeof *y);
    memcpy(y, x, (size_t)count * sizeof *y);
    return y;
}

// The largest difference relative to the largest expected magnitude, or to `unit` where that is larger, must stay below
// the bound.
static void check_to(
    double unit, const char *what, omni_isa isa, const float *found, const double *expected, ptrdiff_t count,
    double bound
) {
    double difference = 0, largest = unit;
    for (ptrdiff_t i = 0; i < count; i++) {
        const double d = fabs(found[i] - expected[i]);
        if (!(d <= difference)) difference = d;
        largest = fmax(largest, fabs(expected[i]));
    }
    const int is_near = difference / largest < bound;
    if (!is_near) failure_count++;
    printf("%s isa %d %-22s %.2e (bound %.1e)\n", is_near ? "ok  " : "FAIL", isa, what, difference / largest, bound);
}

void check(
    const char *what, omni_isa isa, const float *found, const double *expected, ptrdiff_t count, double bound
) {
    check_to(1e-30, what, isa, found, expected, count, bound);
}

static void check_products(omni_pool *pool, omni_isa isa) {
    static const char *names[] = {"float32", "bfloat16", "int8", "int4"};
    // Weights are taken as packed; integer formats round activations by 1/254 of a block's largest, bfloat16 by 2⁻⁸.
    static const double bounds[] = {2e-6, 4.0 / 3 / 256, 2.0 / 127, 2.0 / 127};
    static const ptrdiff_t shapes[][4] = {
        {1, 1, 1, 1}, {1, 64, 16, 64}, {2, 160, 48, 160}, {3, 7, 5, 7}, {7, 33, 65, 11},
        {17, 896, 100, 896}, {50, 130, 37, 20}, {13, 1061, 21, 1061}, {3, 0, 20, 0},
        // Many rows and more than two parts of columns, whose sums lie apart from y meanwhile.
        {50, 600, 37, 600}, {101, 601, 85, 601},
        // A single output.
        {70, 35, 1, 7}, {9, 448, 1, 64},
    };
    for (int format = 0; format < 4; format++) {
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            const ptrdiff_t rows = shapes[s][0], inputs = shapes[s][1], outputs = shapes[s][2], stride = shapes[s][3];
            float *weight = floats(outputs * inputs, 0.1f), *x = floats((rows - 1) * stride + inputs, 1);
            float *y = floats(rows * outputs, 1), *row = floats(inputs, 0);
            double *expected = calloc((size_t)(rows * outputs), sizeof *expected);
            const size_t bias_size = (size_t)(outputs + 15) / 16 * 64;
            float *bias = aligned_alloc(64, bias_size);
            memset(bias, 0, bias_size);
            for (ptrdiff_t o = 0; o < outputs; o++) bias[o] = noise();
            const size_t size = omni_packed_size(format, outputs, inputs);
            void *panels = aligned_alloc(64, size);
            if (!omni_pack(pool, isa, format, weight, outputs, inputs, panels)) failure_count++;
            const omni_matrix matrix = {format, outputs, inputs, panels, bias};
            for (ptrdiff_t o = 0; o < outputs; o++) {
                omni_unpack_row(&matrix, o, row);
                for (ptrdiff_t r = 0; r < rows; r++) {
                    double sum = y[r * outputs + o] + bias[o];
                    for (ptrdiff_t k = 0; k < inputs; k++) sum += (double)x[r * stride + k] * row[k];
                    expected[r * outputs + o] = sum;
                }
            }
            omni_multiply(pool, isa, &matrix, x, stride, rows, true, y);
            check(names[format], isa, y, expected, rows * outputs, bounds[format]);
            free(weight), free(x), free(y), free(row), free(expected), free(bias), free(panels);
        }
    }
}

// A product of weights that are these integers times one scale, which is a power of two: compared with exact sums.
static void check_codes(
    omni_pool *pool, omni_isa isa, const char *name, omni_format format, const int8_t *codes, float scale, const float *x,
    ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t inputs
) {
    float *scales = malloc(outputs * inputs / 32 * sizeof *scales), *y = malloc(rows * outputs * sizeof *y);
    double *expected = malloc(rows * outputs * sizeof *expected);
    void *panels = aligned_alloc(64, omni_packed_size(format, outputs, inputs));
    for (ptrdiff_t i = 0; i < outputs * inputs / 32; i++) scales[i] = scale;
    for (ptrdiff_t r = 0; r < rows; r++) {
        for (ptrdiff_t o = 0; o < outputs; o++) {
            double sum = 0;
            for (ptrdiff_t k = 0; k < inputs; k++) sum += (double)x[r * inputs + k] * codes[o * inputs + k] * scale;
            expected[r * outputs + o] = sum;
        }
    }
    omni_pack_codes(format, codes, scales, outputs, inputs, panels);
    const omni_matrix matrix = {format, outputs, inputs, panels, NULL};
    omni_multiply(pool, isa, &matrix, x, inputs, rows, false, y);
    check(name, isa, y, expected, rows * outputs, 1e-6);
    free(scales), free(y), free(expected), free(panels);
}

// What is not finite in an activation shows in all outputs of its row and in no other row, in every block of a long row.
static void check_products_not_finite(omni_pool *pool, omni_isa isa) {
    enum { rows = 20, outputs = 19, inputs = 300 };
    static const float values[] = {NAN, INFINITY, -INFINITY};
    float *weight = floats(outputs * inputs, 0.1f), *x = floats(rows * inputs, 1), *y = floats(rows * outputs, 1);
    // Rows of tiny numbers and of zeros are finite as well.
    for (ptrdiff_t k = 0; k < inputs; k++) x[1 * inputs + k] = 1e-33f, x[2 * inputs + k] = 0;
    for (int value = 0; value < 3; value++) x[(3 + 2 * value) * inputs + 5 + 128 * value] = values[value];
    for (int format = 0; format < 4; format++) {
        void *panels = aligned_alloc(64, omni_packed_size(format, outputs, inputs));
        if (!omni_pack(pool, isa, format, weight, outputs, inputs, panels)) failure_count++;
        const omni_matrix matrix = {format, outputs, inputs, panels, NULL};
        omni_multiply(pool, isa, &matrix, x, inputs, rows, false, y);
        int wrong = 0;
        for (ptrdiff_t i = 0; i < rows * outputs; i++) {
            const ptrdiff_t row = i / outputs;
            wrong += !isfinite(y[i]) != (row == 3 || row == 5 || row == 7);
        }
        if (wrong) failure_count++;
        printf("%s isa %d format %d not finite in a product\n", wrong ? "FAIL" : "ok  ", isa, format);
        free(panels);
    }
    free(weight), free(x), free(y);
}

// The largest integers that weights and activations become, with signs that make sums as large as they can be: a
// product that saturates or overflows anywhere is far off. Nothing is rounded, so the rest of the result is exact.
static void check_largest_integers(omni_pool *pool, omni_isa isa) {
    static const struct { omni_format format; int lowest, highest; const char *name; } cases[] = {
        {omni_format_int8, -127, 127, "int8, largest"}, {omni_format_int4, -8, 7, "int4, largest"},
    };
    enum { outputs = 37, inputs = 224, most_rows = 13 };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (ptrdiff_t rows = 1; rows <= most_rows; rows += 4) {
            int8_t codes[outputs * inputs];
            float x[most_rows * inputs];
            // Output 0 has the highest everywhere, 1 the lowest, others mixtures of ever more of one; rows likewise.
            for (ptrdiff_t i = 0; i < outputs * inputs; i++) {
                const ptrdiff_t output = i / inputs;
                codes[i] = (int8_t)(output % 2 ^ (noise() * 40 > 40 - output) ? cases[c].lowest : cases[c].highest);
            }
            for (ptrdiff_t i = 0; i < rows * inputs; i++) {
                const ptrdiff_t row = i / inputs;
                x[i] = row % 2 ^ (noise() * 20 > 20 - row) ? -127 : 127;
            }
            check_codes(pool, isa, cases[c].name, cases[c].format, codes, 0.25f, x, rows, outputs, inputs);
        }
    }
}

// Activations that are integers already, with sums as large as a kernel that adds up in 16 bits lets them become: see
// `templates/quantize.h`. Of 8 columns, 0, 1, 4, 5, 8, 9, 12, 13 and so on, the magnitudes are together 254, those of
// two side by side at most 127, and in one place a 127 stands alone, so that nothing is rounded on any instruction set.
static void fill_with_largest_sums(float *block) {
    const ptrdiff_t lonely = (ptrdiff_t)(fabsf(noise()) * 16) % 16;
    for (ptrdiff_t part = 0; part < 4; part++) {
        float *first = block + part / 2 * 16 + part % 2 * 2;
        int left = 254;
        for (ptrdiff_t pair = 0; pair < 4; pair++) {
            // As much as the pairs that follow cannot take, or more; all of 127 where one stands alone.
            const bool is_alone = part * 4 + pair == lonely, is_before = part * 4 < lonely - pair && part == lonely / 4;
            const int room = 127 * (3 - (int)pair), limit = is_before ? left - 127 : left;
            const int least = left > room ? left - room : 0, most = limit < 127 ? limit : 127;
            const int sum = is_alone ? 127 : pair == 3 ? left : least + (int)(fabsf(noise()) * (float)(most - least));
            const int one = is_alone ? 127 : (int)(fabsf(noise()) * (float)(sum + 1));
            first[4 * pair] = (float)one;
            first[4 * pair + 1] = (float)(sum - one);
            left -= sum;
        }
    }
}

static void check_largest_sums(omni_pool *pool, omni_isa isa) {
    enum { outputs = 16, inputs = 64, rows = 700 };
    static const struct { omni_format format; int lowest, highest; const char *name; } cases[] = {
        {omni_format_int8, -127, 127, "int8, largest sums"}, {omni_format_int4, -8, 7, "int4, largest sums"},
    };
    float *x = malloc(rows * inputs * sizeof *x);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int8_t codes[outputs * inputs];
        // Signs that change after 1, 2, 4 ... columns, in both phases, and some without order; activations' likewise.
        for (ptrdiff_t i = 0; i < outputs * inputs; i++) {
            const ptrdiff_t output = i / inputs, column = i % inputs;
            const ptrdiff_t is_low = output < 14 ? (column >> output / 2 ^ output) & 1 : noise() > 0;
            codes[i] = (int8_t)(is_low ? cases[c].lowest : cases[c].highest);
        }
        for (ptrdiff_t r = 0; r < rows; r++) {
            for (ptrdiff_t block = 0; block < inputs; block += 32) {
                float *columns = x + r * inputs + block;
                fill_with_largest_sums(columns);
                if (r % 9 == 8) {
                    // Two side by side that are too large together: both become 63.
                    memset(columns, 0, 32 * sizeof *columns);
                    float *pair = columns + (ptrdiff_t)(fabsf(noise()) * 16) % 16 * 2;
                    pair[0] = pair[1] = 127;
                }
                for (ptrdiff_t k = 0; k < 32; k++)
                    if (r % 8 < 7 ? k >> r % 8 & 1 : noise() > 0) columns[k] = -columns[k];
            }
        }
        check_codes(pool, isa, cases[c].name, cases[c].format, codes, 0.5f, x, rows, outputs, inputs);
    }
    free(x);
}

// What the machine can do at most is something, in every format.
static void check_peaks(omni_pool *pool, omni_isa isa) {
    for (int format = 0; format < 4; format++) {
        const double operations = omni_multiply_at_peak(pool, isa, format, 10);
        const bool is_linear = operations > 0 && omni_multiply_at_peak(pool, isa, format, 30) == 3 * operations;
        if (!is_linear) failure_count++;
        printf("%s isa %d peak of format %d\n", is_linear ? "ok  " : "FAIL", isa, format);
    }
}

// A row's result is the same to the last bit however many rows there are; bfloat16 may round for more than 8.
static void check_row_counts(omni_pool *pool, omni_isa isa) {
    enum { inputs = 611, outputs = 43, most_rows = 60 };
    float *weight = floats(outputs * inputs, 0.1f), *x = floats(most_rows * inputs, 1);
    float *alone = floats(most_rows * outputs, 1), *y = floats(most_rows * outputs, 1);
    for (int format = 0; format < 4; format++) {
        void *panels = aligned_alloc(64, omni_packed_size(format, outputs, inputs));
        omni_pack(pool, isa, format, weight, outputs, inputs, panels);
        const omni_matrix matrix = {format, outputs, inputs, panels, NULL};
        bool is_same = true;
        for (int r = 0; r < most_rows; r++)
            omni_multiply(pool, isa, &matrix, x + r * inputs, inputs, 1, false, alone + r * outputs);
        for (int rows = 2; rows <= (format == omni_format_bfloat16 ? 8 : most_rows); rows += rows < 16 ? 1 : 22) {
            omni_multiply(pool, isa, &matrix, x, inputs, rows, false, y);
            is_same = is_same && memcmp(y, alone, (size_t)(rows * outputs) * sizeof *y) == 0;
        }
        if (!is_same) failure_count++;
        printf("%s isa %d a row alone and among others, format %d\n", is_same ? "ok  " : "FAIL", isa, format);
        free(panels);
    }
    free(weight), free(x), free(alone), free(y);
}

static double activated(omni_activation activation, double x) {
    switch (activation) {
    case omni_activation_gelu: return 0.5 * x * (1 + erf(x * sqrt(0.5)));
    case omni_activation_gelu_tanh: return 0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    case omni_activation_silu: return x / (1 + exp(-x));
    case omni_activation_relu: return fmax(x, 0);
    case omni_activation_sigmoid: return 1 / (1 + exp(-x));
    case omni_activation_tanh: return tanh(x);
    }
    return x;
}

static void check_rest(omni_pool *pool, omni_isa isa, ptrdiff_t rows, ptrdiff_t width) {
    const ptrdiff_t count = rows * width;
    float *x = floats(count, 4), *other = floats(count, 1), *weight = floats(width, 1), *bias = floats(width, 1), *y;
    double *expected = calloc((size_t)count, sizeof *expected);
    for (int a = omni_activation_gelu; a <= omni_activation_tanh; a++) {
        for (ptrdiff_t i = 0; i < count; i++) expected[i] = activated((omni_activation)a, x[i]) * other[i];
        y = copy(x, count);
        omni_gate(pool, isa, (omni_activation)a, y, other, count);
        // Near zero, what a function of x near zero is off by is relative to 1.
        check_to(1, "gate", isa, y, expected, count, 2e-6);
        for (ptrdiff_t i = 0; i < count; i++) expected[i] = activated((omni_activation)a, x[i]);
        memcpy(y, x, (size_t)count * sizeof *y);
        omni_activate(pool, isa, (omni_activation)a, y, count);
        check_to(1, "activation", isa, y, expected, count, 2e-6);
        free(y);
    }
    y = copy(x, count);
    for (ptrdiff_t i = 0; i < count; i++) expected[i] = (double)x[i] + other[i];
    omni_add(pool, isa, other, y, count);
    check("add", isa, y, expected, count, 1e-7);
    for (ptrdiff_t r = 0; r < rows; r++) {
        double squares = 0;
        for (ptrdiff_t i = 0; i < width; i++) squares += (double)x[r * width + i] * x[r * width + i];
        for (ptrdiff_t i = 0; i < width; i++)
            expected[r * width + i] = x[r * width + i] / sqrt(squares / (double)width + 1e-6) * weight[i];
    }
    omni_normalize_rms(pool, isa, x, rows, width, weight, 1e-6f, y);
    check("normalize_rms", isa, y, expected, count, 2e-6);
    for (ptrdiff_t r = 0; r < rows; r++) {
        double mean = 0, variance = 0;
        for (ptrdiff_t i = 0; i < width; i++) mean += x[r * width + i] / (double)width;
        for (ptrdiff_t i = 0; i < width; i++) variance += pow(x[r * width + i] - mean, 2) / (double)width;
        for (ptrdiff_t i = 0; i < width; i++)
            expected[r * width + i] = (x[r * width + i] - mean) / sqrt(variance + 1e-5) * weight[i] + bias[i];
    }
    omni_normalize_layer(pool, isa, x, rows, width, weight, bias, 1e-5f, y);
    check("normalize_layer", isa, y, expected, count, 2e-6);
    for (ptrdiff_t r = 0; r < rows; r++) {
        double total = 0;
        for (ptrdiff_t i = 0; i < width; i++) total += exp(x[r * width + i]);
        for (ptrdiff_t i = 0; i < width; i++) expected[r * width + i] = exp(x[r * width + i]) / total;
    }
    memcpy(y, x, (size_t)count * sizeof *y);
    omni_softmax(pool, isa, y, rows, width);
    check("softmax", isa, y, expected, count, 2e-6);
    for (ptrdiff_t i = 0; i < count; i++)
        expected[i] = x[i] + bias[i % width] * pow(sin((double)(weight[i % width] * x[i])), 2);
    omni_snake(pool, isa, x, rows, width, weight, bias, y);
    check("snake", isa, y, expected, count, 2e-6);
    memcpy(y, x, (size_t)count * sizeof *y);
    omni_snake(pool, isa, y, rows, width, weight, bias, y);
    check("snake in place", isa, y, expected, count, 2e-6);
    memcpy(y, x, (size_t)count * sizeof *y);
    for (ptrdiff_t i = 0; i < count; i++) expected[i] = x[i] + (double)x[i / width] * other[i];
    omni_add_scaled_rows(pool, isa, other, x, rows, width, y);
    check("add_scaled_rows", isa, y, expected, count, 1e-6);
    const ptrdiff_t taps = rows < 4 ? 1 : 3, dilation = 1, frames = rows - (taps - 1) * dilation;
    for (ptrdiff_t i = 0; i < frames * width; i++) {
        expected[i] = bias[i % width];
        for (ptrdiff_t k = 0; k < taps; k++)
            expected[i] += (double)x[i + k * dilation * width] * other[k * width + i % width];
    }
    omni_convolve_depthwise(pool, isa, x, frames, width, other, taps, dilation, bias, NULL, NULL, y);
    check("convolve_depthwise", isa, y, expected, frames * width, 2e-6);
    // The snake of what was found: it turns a difference of large sums into a larger one.
    for (ptrdiff_t i = 0; i < frames * width; i++)
        expected[i] = y[i] + bias[i % width] * pow(sin((double)(weight[i % width] * y[i])), 2);
    omni_convolve_depthwise(pool, isa, x, frames, width, other, taps, dilation, bias, weight, bias, y);
    check("convolve_depthwise and snake", isa, y, expected, frames * width, 2e-6);
    free(x), free(other), free(weight), free(bias), free(y), free(expected);
}

int main(void) {
    omni_pool *pool = omni_pool_create(3);
    if (!pool) return 1;
    for (omni_isa isa = omni_isa_scalar; isa <= omni_isa_neoni8mm; isa++) {
        if (!omni_isa_is_available(isa)) continue;
        check_products(pool, isa);
        check_largest_integers(pool, isa);
        check_largest_sums(pool, isa);
        check_peaks(pool, isa);
        check_row_counts(pool, isa);
        check_products_not_finite(pool, isa);
        check_attentions(pool, isa);
        check_rest(pool, isa, 1, 1);
        check_rest(pool, isa, 5, 17);
        check_rest(pool, isa, 9, 96);
        check_rest(pool, isa, 700, 100);
    }
    omni_pool_destroy(pool);
    printf("%d failures, best isa %d, %td cores\n", failure_count, omni_isa_best(), omni_core_count());
    return failure_count > 255 ? 255 : failure_count;
}
