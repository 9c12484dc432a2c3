// One row at a time; sums in 16 lanes.

static void OMNI_(normalize_rms_rows)(
    const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight, const float *bias, float epsilon,
    float *y
) {
    (void)bias;
    for (ptrdiff_t row = 0; row < row_count; row++, x += width, y += width) {
        omni_f32x16 squares = splat16(0);
        for (ptrdiff_t i = 0; i < width; i += 16) {
            const omni_f32x16 v = load_some(x + i, width - i);
            squares = v * v + squares;
        }
        const float scale = 1.0f / sqrtf(sum16(squares) / (float)width + epsilon);
        for (ptrdiff_t i = 0; i < width; i += 16)
            store_some(y + i, load_some(x + i, width - i) * scale * load_some(weight + i, width - i), width - i);
    }
}

static void OMNI_(normalize_layer_rows)(
    const float *x, ptrdiff_t row_count, ptrdiff_t width, const float *weight, const float *bias, float epsilon,
    float *y
) {
    for (ptrdiff_t row = 0; row < row_count; row++, x += width, y += width) {
        omni_f32x16 sum = splat16(0);
        for (ptrdiff_t i = 0; i < width; i += 16) sum += load_some(x + i, width - i);
        const float mean = sum16(sum) / (float)width;
        omni_f32x16 squares = splat16(0);
        ptrdiff_t i = 0;
        for (; i + 16 <= width; i += 16) {
            const omni_f32x16 v = load16(x + i) - mean;
            squares = v * v + squares;
        }
        float total = sum16(squares);
        for (; i < width; i++) total += (x[i] - mean) * (x[i] - mean);
        const float scale = 1.0f / sqrtf(total / (float)width + epsilon);
        for (i = 0; i < width; i += 16) {
            const omni_f32x16 v = (load_some(x + i, width - i) - mean) * scale;
            store_some(y + i, v * load_some(weight + i, width - i) + load_some(bias + i, width - i), width - i);
        }
    }
}

static void OMNI_(add_scaled_rows)(
    const float *x, const float *scales, ptrdiff_t row_count, ptrdiff_t width, float *y
) {
    for (ptrdiff_t row = 0; row < row_count; row++, x += width, y += width) {
        ptrdiff_t i = 0;
        for (; i + 16 <= width; i += 16) store16(y + i, load16(x + i) * scales[row] + load16(y + i));
        if (i < width)
            store_some(y + i, load_some(x + i, width - i) * scales[row] + load_some(y + i, width - i), width - i);
    }
}

static void OMNI_(softmax_rows)(float *x, ptrdiff_t row_count, ptrdiff_t width) {
    for (ptrdiff_t row = 0; row < row_count; row++, x += width) {
        omni_f32x16 largest = load_some(x, width);
        for (ptrdiff_t i = width; i < 16; i++) largest[i] = x[0];
        for (ptrdiff_t i = 16; i + 16 <= width; i += 16) {
            const omni_f32x16 v = load16(x + i);
            largest = v > largest ? v : largest;
        }
        float most = max16(largest);
        for (ptrdiff_t i = width & ~(ptrdiff_t)15; i < width; i++) most = x[i] > most ? x[i] : most;
        omni_f32x16 sum = splat16(0);
        ptrdiff_t i = 0;
        for (; i + 16 <= width; i += 16) {
            const omni_f32x16 v = exp16(load16(x + i) - most);
            store16(x + i, v);
            sum += v;
        }
        float total = sum16(sum);
        if (i < width) {
            store_some(x + i, exp16(load_some(x + i, width - i) - most), width - i);
            for (ptrdiff_t k = i; k < width; k++) total += x[k];
        }
        const float scale = 1.0f / total;
        for (i = 0; i < width; i += 16) store_some(x + i, load_some(x + i, width - i) * scale, width - i);
    }
}
