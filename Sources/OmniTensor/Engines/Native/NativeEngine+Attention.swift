internal import COmniKernels

extension NativeEngine {
    public func attend(
        _ queries: Span<Float>, keys: Span<Float>, values: Span<Float>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        unsafe keys.withUnsafeBytes { keys in
            unsafe values.withUnsafeBytes { values in
                unsafe attend(queries, keys: keys, values: values, areBFloat16: false, geometry, into: &y)
            }
        }
    }

    public func attend(
        _ queries: Span<Float>, bfloat16Keys keys: Span<UInt16>, values: Span<UInt16>, _ geometry: AttentionGeometry,
        into y: inout MutableSpan<Float>
    ) {
        unsafe keys.withUnsafeBytes { keys in
            unsafe values.withUnsafeBytes { values in
                unsafe attend(queries, keys: keys, values: values, areBFloat16: true, geometry, into: &y)
            }
        }
    }

    private func attend(
        _ queries: Span<Float>, keys: UnsafeRawBufferPointer, values: UnsafeRawBufferPointer, areBFloat16: Bool,
        _ geometry: AttentionGeometry, into y: inout MutableSpan<Float>
    ) {
        let size = areBFloat16 ? 2 : 4
        geometry.require(
            queries: queries.count, keys: keys.count / size, values: values.count / size, result: y.count)
        var shape = omni_attention(
            query_count: geometry.queryCount, key_count: geometry.keyCount, head_count: geometry.headCount,
            group_count: geometry.groupCount, head_width: geometry.headWidth, scale: geometry.scale,
            is_causal: geometry.causalOffset != nil, causal_offset: geometry.causalOffset ?? 0,
            rounds: geometry.precision != .float32,
            query_time_stride: geometry.queryTimeStride, query_head_stride: geometry.queryHeadStride,
            key_time_stride: geometry.keyTimeStride, key_head_stride: geometry.keyHeadStride,
            has_bfloat16_keys: areBFloat16)
        unsafe queries.withUnsafeBufferPointer { q in
            unsafe y.withUnsafeMutableBufferPointer { y in
                unsafe omni_attend(
                    pool.handle, isa, &shape, q.baseAddress, keys.baseAddress, values.baseAddress, y.baseAddress)
            }
        }
    }
}
