extension StoredTensor {
    /// Bytes that are dropped from memory after they were converted; below, it is not worth a system call.
    private static let releaseThreshold = 1 << 20

    /// The elements as the type they are stored as: mapped where they lie in order on an address that suits the type,
    /// else copied. The caller has checked the scalar type.
    func elements<Scalar: TensorScalar>(in file: MappedFile, as type: Scalar.Type) -> Tensor<Scalar> {
        precondition(MemoryLayout<Scalar>.size == info.scalarType.byteCount, "\(info.scalarType) read as \(type)")
        guard strides == nil else { return gathered(in: file) { (element: Scalar) in element } }
        let address = unsafe file.address(of: byteRange)
        guard Int(bitPattern: address).isMultiple(of: MemoryLayout<Scalar>.alignment) else {
            return gathered(in: file) { (element: Scalar) in element }
        }
        let count = info.shape.elementCount
        let elements = unsafe UnsafeBufferPointer(
            start: address.assumingMemoryBound(to: Scalar.self), count: count)
        return unsafe Tensor(borrowing: elements, shape: info.shape, owner: file)
    }

    /// The elements, each through `convert`, copied.
    @inline(__always)
    func converted<Stored: BitwiseCopyable, Scalar: TensorScalar>(
        in file: MappedFile, _ convert: (Stored) -> Scalar
    ) -> Tensor<Scalar> {
        let result = gathered(in: file, convert)
        let extent = byteExtent
        if extent.count >= Self.releaseThreshold { file.release(extent) }
        return result
    }

    @inline(__always)
    private func gathered<Stored: BitwiseCopyable, Scalar: TensorScalar>(
        in file: MappedFile, _ convert: (Stored) -> Scalar
    ) -> Tensor<Scalar> {
        let base = unsafe file.address(of: byteExtent)
        let width = MemoryLayout<Stored>.size
        return unsafe Tensor(shape: info.shape) { target in
            guard let start = target.baseAddress, target.count > 0 else { return }
            guard let strides = strides, let columnStride = strides.last else {
                for index in 0..<target.count {
                    let element = unsafe base.loadUnaligned(fromByteOffset: index * width, as: Stored.self)
                    unsafe (start + index).initialize(to: convert(element))
                }
                return
            }
            let columnCount = info.shape[strides.count - 1]
            var written = 0
            forEachRow(strides) { rowOffset in
                for column in 0..<columnCount {
                    let element = unsafe base.loadUnaligned(
                        fromByteOffset: (rowOffset + column * columnStride) * width, as: Stored.self)
                    unsafe (start + written + column).initialize(to: convert(element))
                }
                written += columnCount
            }
        }
    }

    /// Calls `body` with the offset, in elements, of every row of the last dimension, in row-major order.
    @inline(__always)
    private func forEachRow(_ strides: [Int], _ body: (Int) -> Void) {
        let outer = strides.count - 1
        var index = [Int](repeating: 0, count: outer)
        var offset = 0
        while true {
            body(offset)
            var dimension = outer - 1
            while dimension >= 0 {
                index[dimension] += 1
                offset += strides[dimension]
                if index[dimension] < info.shape[dimension] { break }
                offset -= index[dimension] * strides[dimension]
                index[dimension] = 0
                dimension -= 1
            }
            if dimension < 0 { return }
        }
    }
}
