internal import COmniKernels

extension NativeEngine {
    public func normalizeRMS(
        _ x: Span<Float>, weight: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
    ) {
        let width = weight.count
        precondition(
            width > 0 && x.count == y.count && x.count % width == 0,
            "\(x.count) elements into \(y.count), rows of \(width)")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weight.withUnsafeBufferPointer { weight in
                unsafe y.withUnsafeMutableBufferPointer { y in
                    unsafe omni_normalize_rms(
                        pool.handle, isa, x.baseAddress, x.count / width, width, weight.baseAddress, epsilon,
                        y.baseAddress)
                }
            }
        }
    }

    public func normalizeLayer(
        _ x: Span<Float>, weight: Span<Float>, bias: Span<Float>, epsilon: Float, into y: inout MutableSpan<Float>
    ) {
        let width = weight.count
        precondition(
            width > 0 && x.count == y.count && x.count % width == 0,
            "\(x.count) elements into \(y.count), rows of \(width)")
        precondition(bias.count == width, "a bias of \(bias.count) for rows of \(width)")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe weight.withUnsafeBufferPointer { weight in
                unsafe bias.withUnsafeBufferPointer { bias in
                    unsafe y.withUnsafeMutableBufferPointer { y in
                        unsafe omni_normalize_layer(
                            pool.handle, isa, x.baseAddress, x.count / width, width, weight.baseAddress,
                            bias.baseAddress, epsilon, y.baseAddress)
                    }
                }
            }
        }
    }

    public func softmax(_ x: inout MutableSpan<Float>, width: Int) {
        precondition(width > 0 && x.count % width == 0, "\(x.count) elements in rows of \(width)")
        unsafe x.withUnsafeMutableBufferPointer { x in
            unsafe omni_softmax(pool.handle, isa, x.baseAddress, x.count / width, width)
        }
    }

    public func add(_ x: Span<Float>, scalingRowsBy scales: Span<Float>, to y: inout MutableSpan<Float>) {
        let width = RowGeometry.width(elementCount: x.count, rowCount: scales.count, sumCount: y.count)
        unsafe x.withUnsafeBufferPointer { x in
            unsafe scales.withUnsafeBufferPointer { scales in
                unsafe y.withUnsafeMutableBufferPointer { y in
                    unsafe omni_add_scaled_rows(
                        pool.handle, isa, x.baseAddress, scales.baseAddress, scales.count, width, y.baseAddress)
                }
            }
        }
    }
}
