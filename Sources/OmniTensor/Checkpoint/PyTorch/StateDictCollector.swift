/// Walks down the dictionaries of a pickle and gives every tensor and single value its dotted name.
struct StateDictCollector {
    private static let depthLimit = 64

    let heap: PickleHeap
    let archive: ZipArchive
    let prefix: String
    let file: String
    /// Values may be shared, so that few steps make a tree without end; an honest one has no more values than steps.
    var stepLimit: Int
    /// Bytes that all names together may take, for the same reason.
    var nameLimit: Int

    private var index = CheckpointIndex()

    init(heap: PickleHeap, archive: ZipArchive, prefix: String, file: String, stepLimit: Int, nameLimit: Int) {
        self.heap = heap
        self.archive = archive
        self.prefix = prefix
        self.file = file
        self.stepLimit = stepLimit
        self.nameLimit = nameLimit
    }

    /// - Throws: ``CheckpointError`` when the value is not a dictionary, or a tensor does not lie inside its storage.
    mutating func collect(_ root: PickleValue) throws(CheckpointError) -> CheckpointIndex {
        guard case .dictionary = root else {
            throw CheckpointError(
                .unsupported, file: file, reason: "the file holds no dictionary of tensors but a single value")
        }
        try visit(root, name: "", depth: 0)
        return index
    }

    private mutating func visit(_ value: PickleValue, name: String, depth: Int) throws(CheckpointError) {
        stepLimit -= 1
        nameLimit -= name.utf8.count
        guard depth <= Self.depthLimit, stepLimit >= 0, nameLimit >= 0 else {
            throw CheckpointError(
                .unsupported, file: file, reason: "the dictionaries are nested too deeply or hold themselves")
        }
        let scalar: CheckpointScalar
        switch value {
        case .dictionary(let place):
            for (key, member) in heap.dictionaries[place] {
                switch key {
                case .string(let part): try visit(member, name: join(name, part), depth: depth + 1)
                case .integer(let part): try visit(member, name: join(name, String(part)), depth: depth + 1)
                default:
                    throw CheckpointError(.unsupported, file: file, reason: "\(name) has a key that is not a text")
                }
            }
            return
        case .sequence(let place):
            for (position, member) in heap.sequences[place].enumerated() {
                try visit(member, name: join(name, String(position)), depth: depth + 1)
            }
            return
        case .tensor(let place):
            try requireNew(index.tensors.updateValue(stored(heap.tensors[place], name), forKey: name) == nil, name)
            return
        case .none, .ignored, .global, .storage: return
        case .bool(let value): scalar = .bool(value)
        case .integer(let value): scalar = .integer(value)
        case .float(let value): scalar = .float(value)
        case .string(let value): scalar = .string(value)
        }
        try requireNew(index.scalars.updateValue(scalar, forKey: name) == nil, name)
    }

    private func join(_ name: String, _ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }

    private func requireNew(_ isNew: Bool, _ name: String) throws(CheckpointError) {
        guard !isNew else { return }
        throw CheckpointError(.malformed, file: file, tensor: name, reason: "the name is there twice")
    }

    private func stored(_ tensor: PickleHeap.Tensor, _ name: String) throws(CheckpointError) -> StoredTensor {
        func malformed(_ reason: String) -> CheckpointError {
            CheckpointError(.malformed, file: file, tensor: name, reason: reason)
        }
        let (storage, width) = (tensor.storage, tensor.storage.scalarType.byteCount)
        guard let range = archive.entries["\(prefix)data/\(storage.key)"] else {
            throw malformed("the archive has no storage \(storage.key)")
        }
        guard range.count / width == storage.elementCount, range.count.isMultiple(of: width) else {
            throw malformed(
                "storage \(storage.key) must hold \(storage.elementCount) elements but has \(range.count) bytes")
        }
        guard tensor.extents.count == tensor.strides.count, tensor.extents.count <= StoredTensor.rankLimit,
            let shape = Shape(validating: tensor.extents)
        else { throw malformed("the shape \(tensor.extents.prefix(8)) is impossible") }
        guard let last = lastOffset(tensor), last < storage.elementCount || shape.elementCount == 0 else {
            throw malformed(
                "offset \(tensor.offset), shape \(shape) and strides \(tensor.strides) reach outside the "
                    + "\(storage.elementCount) elements of storage \(storage.key)")
        }
        guard shape.elementCount <= storage.elementCount else {
            throw CheckpointError(
                .unsupported, file: file, tensor: name, reason: "the tensor of shape \(shape) repeats its elements")
        }
        let isEmpty = shape.elementCount == 0
        return StoredTensor(
            info: TensorInfo(shape: shape, scalarType: storage.scalarType),
            byteOffset: range.lowerBound + (isEmpty ? 0 : tensor.offset * width),
            strides: isEmpty || isRowMajor(tensor) ? nil : tensor.strides)
    }

    /// The offset of the last element; `nil` when a number is negative or overflows.
    private func lastOffset(_ tensor: PickleHeap.Tensor) -> Int? {
        guard tensor.offset >= 0 else { return nil }
        var last = tensor.offset
        for (extent, stride) in zip(tensor.extents, tensor.strides) where extent > 0 {
            guard stride >= 0 else { return nil }
            let (reach, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(reach)
            guard !tooFar, !overflow else { return nil }
            last = sum
        }
        return last
    }

    private func isRowMajor(_ tensor: PickleHeap.Tensor) -> Bool {
        var expected = 1
        for (extent, stride) in zip(tensor.extents, tensor.strides).reversed() where extent != 1 {
            guard stride == expected else { return false }
            expected *= extent
        }
        return true
    }
}
