internal import OmniFormats

/// Walks down the dictionaries of a pickle and gives every tensor and single value its dotted name.
struct StateDictCollector {
    private static let depthLimit = 64
    /// What an array takes beside its elements.
    private static let arrayByteCount = 64

    let heap: PickleHeap
    /// Where the bytes of the storages lie in the file, by their places in the heap; `nil` where they are not there.
    /// Tensors may share a storage, whose key may be long.
    let ranges: [Range<Int>?]
    let file: String
    /// Values may be shared, so that few steps make a tree without end; an honest one has no more values than steps.
    var stepLimit: Int
    /// Names are made of their parts, and may be long and many for the same reason.
    var budget: ReadingBudget
    /// Elements that tensors may still repeat, of others or of their own. What is made of them takes memory that the
    /// file does not have.
    private var repetitionsLeft: Int
    /// Bytes of each storage that tensors have taken, by where it starts.
    private var takenByteCounts: [Int: Int] = [:]

    private var index = CheckpointIndex()

    /// - Parameters:
    ///   - storages: where the bytes of the storages lie in the file, by their keys.
    ///   - fileCount: files of the checkpoint.
    init(
        heap: PickleHeap, storages: [String: Range<Int>], file: MappedFile, fileCount: Int, stepLimit: Int,
        budget: ReadingBudget
    ) {
        self.heap = heap
        ranges = heap.storages.map { storages[$0.key] }
        self.file = file.path
        self.stepLimit = stepLimit
        self.budget = budget
        repetitionsLeft = (8 << 20) / fileCount + file.count / 2
    }

    /// - Throws: ``CheckpointError`` when the value is not a dictionary, or a tensor does not lie inside its storage.
    mutating func collect(_ root: PickleValue) throws(CheckpointError) -> CheckpointIndex {
        if case .foreign(let name) = root {
            throw CheckpointError(
                .unsupported, file: file,
                reason: "the file holds a Python object (\(name)), not weights; save its state_dict() instead")
        }
        guard case .dictionary = root else {
            throw CheckpointError(
                .unsupported, file: file, reason: "the file holds no dictionary of tensors but a single value")
        }
        try visit(root, name: "", depth: 0)
        return index
    }

    private mutating func visit(_ value: PickleValue, name: String, depth: Int) throws(CheckpointError) {
        try step(depth: depth)
        try spend(name.utf8.count + Self.entryByteCount)
        let scalar: CheckpointScalar
        switch value {
        case .dictionary(let place):
            for (key, member) in heap.dictionaries[place] {
                switch key {
                case .string(let part): try visit(member, name: join(name, part), depth: depth + 1)
                case .integer(let part): try visit(member, name: join(name, String(part)), depth: depth + 1)
                // No module has such a name. It is a step all the same: the dictionary may be walked often.
                default: try step(depth: depth + 1)
                }
            }
            return
        case .sequence(let place):
            for (position, member) in heap.sequences[place].enumerated() {
                try visit(member, name: join(name, String(position)), depth: depth + 1)
            }
            return
        case .tensor(let place):
            guard let tensor = try stored(heap.tensors[place], name) else { return }
            let isNew = index.tensors.updateValue(tensor, forKey: name) == nil
            try requireNew(isNew, name)
            return
        case .foreign(let kind):
            try note(name, "this is an object of the kind \(kind), not a tensor that can be read")
            return
        case .unreadableTensor(let kind):
            try note(name, "this is \(kind), not a tensor that can be read")
            index.unreadableTensors.insert(name)
            return
        case .none, .ignored, .global, .storage: return
        case .bool(let value): scalar = .bool(value)
        case .integer(let value): scalar = .integer(value)
        case .float(let value): scalar = .float(value)
        case .string(let value): scalar = .string(value)
        }
        let isNew = index.scalars.updateValue(scalar, forKey: name) == nil
        try requireNew(isNew, name)
    }

    private mutating func step(depth: Int) throws(CheckpointError) {
        stepLimit -= 1
        guard depth <= Self.depthLimit, stepLimit >= 0 else {
            throw CheckpointError(
                .unsupported, file: file, reason: "the dictionaries are nested too deeply or hold themselves")
        }
    }

    /// What an entry of the tables by name takes, beside the name.
    private static let entryByteCount = 96

    private mutating func spend(_ byteCount: Int) throws(CheckpointError) {
        do {
            try budget.take(byteCount: byteCount)
        } catch {
            throw CheckpointError(.overBudget, file: file, reason: error.reason)
        }
    }

    /// Notes why a thing cannot be read. Many may be of one kind, whose name is long.
    private mutating func note(_ name: String, _ reason: String) throws(CheckpointError) {
        try spend(reason.utf8.count)
        index.unreadable[name] = reason
    }

    private func join(_ name: String, _ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }

    /// A caller changes its table before: inside the call, `self` is a copy, so that the table would be copied for each
    /// name.
    private func requireNew(_ isNew: Bool, _ name: String) throws(CheckpointError) {
        guard !isNew else { return }
        throw CheckpointError(.malformed, file: file, tensor: name, reason: "the name is there twice")
    }

    /// `nil` for a tensor that repeats more elements than the file may; it is noted as such.
    private mutating func stored(
        _ tensor: PickleHeap.Tensor, _ name: String
    ) throws(CheckpointError) -> StoredTensor? {
        func malformed(_ reason: String) -> CheckpointError {
            CheckpointError(.malformed, file: file, tensor: name, reason: reason)
        }
        let storage = heap.storages[tensor.storage]
        let width = tensor.scalarType.byteCount
        let storageWidth = storage.scalarType?.byteCount ?? 1
        guard let range = ranges[tensor.storage] else {
            throw malformed("the archive has no storage \(storage.key)")
        }
        guard range.count / storageWidth == storage.elementCount, range.count.isMultiple(of: storageWidth) else {
            throw malformed(
                "storage \(storage.key) must hold \(storage.elementCount) elements but has \(range.count) bytes")
        }
        let elementCount = range.count / width
        guard let extents = heap.integers(tensor.extents), let strides = heap.integers(tensor.strides),
            extents.count == strides.count, let shape = Shape(validating: extents)
        else { throw malformed("the shape is impossible") }
        guard let last = lastOffset(tensor.offset, extents, strides), last < elementCount || shape.elementCount == 0
        else {
            throw malformed(
                "offset \(tensor.offset), shape \(shape) and strides \(strides) reach outside the "
                    + "\(elementCount) elements of storage \(storage.key)")
        }
        let freeCount = (range.count - takenByteCounts[range.lowerBound, default: 0]) / width
        let repetitionCount = max(0, shape.elementCount - freeCount)
        guard repetitionCount <= repetitionsLeft else {
            try note(name, "the tensor of shape \(shape) repeats more elements than tensors of this file may")
            return nil
        }
        // Its entry in a table that grows from half its size, and the arrays of its extents and strides.
        let entryByteCount = MemoryLayout<String>.stride + MemoryLayout<StoredTensor>.stride
        try spend(3 * entryByteCount + 2 * (8 * extents.count + Self.arrayByteCount))
        repetitionsLeft -= repetitionCount
        takenByteCounts[range.lowerBound, default: 0] += (shape.elementCount - repetitionCount) * width
        let isEmpty = shape.elementCount == 0
        if shape.elementCount > elementCount { index.repeated.insert(name) }
        return StoredTensor(
            info: TensorInfo(shape: shape, scalarType: tensor.scalarType),
            byteOffset: range.lowerBound + (isEmpty ? 0 : tensor.offset * width),
            strides: isEmpty || isRowMajor(extents, strides) ? nil : usedStrides(extents, strides))
    }

    /// The strides without those along extents of one, which lead to no element and may be any number.
    private func usedStrides(_ extents: [Int], _ strides: [Int]) -> [Int] {
        zip(extents, strides).map { $0 > 1 ? $1 : 0 }
    }

    /// The offset of the last element; `nil` when a number is negative or overflows.
    private func lastOffset(_ offset: Int, _ extents: [Int], _ strides: [Int]) -> Int? {
        guard offset >= 0 else { return nil }
        var last = offset
        for (extent, stride) in zip(extents, strides) where extent > 0 {
            guard stride >= 0 else { return nil }
            let (reach, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow) = last.addingReportingOverflow(reach)
            guard !tooFar, !overflow else { return nil }
            last = sum
        }
        return last
    }

    private func isRowMajor(_ extents: [Int], _ strides: [Int]) -> Bool {
        var expected = 1
        for (extent, stride) in zip(extents, strides).reversed() where extent != 1 {
            guard stride == expected else { return false }
            expected *= extent
        }
        return true
    }
}
