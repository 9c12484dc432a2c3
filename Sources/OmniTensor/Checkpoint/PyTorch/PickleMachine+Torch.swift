extension PickleMachine {
    /// What PyTorch's functions would make of their arguments.
    mutating func call(_ callee: PickleValue, _ arguments: PickleValue) throws(CheckpointError) -> PickleValue {
        switch callee {
        case .foreign(let name): return Self.result(of: name)
        // A class or function that could not even be named.
        case .ignored: return .ignored
        default: break
        }
        guard case .global(let global) = callee, let arguments = heap.members(arguments) else {
            throw malformed("a call of something that cannot be called")
        }
        switch global {
        case .orderedDictionary:
            guard let pairs = arguments.first.flatMap(heap.members) else { return heap.dictionary() }
            return try dictionary(ofPairs: pairs)
        case .dictionary:
            // Another dictionary may be copied; a class of defaults is of no interest.
            if case .dictionary? = arguments.first { return arguments[0] }
            return heap.dictionary()
        case .rebuildTensor: return try tensor(arguments, argumentCounts: 6...7, type: nil)
        case .rebuildTensorOfType:
            guard arguments.count > 6 else { throw malformed("a tensor without a type") }
            guard case .global(.scalarType(let type)) = arguments[6] else {
                return .unreadableTensor("a tensor of another type of elements")
            }
            return try tensor(arguments, argumentCounts: 7...8, type: type)
        case .rebuildParameter:
            switch arguments.first {
            case .tensor(let place)?: return .tensor(place)
            case .foreign(let name)?, .unreadableTensor(let name)?: return .unreadableTensor(name)
            default: throw malformed("a parameter of no tensor")
            }
        case .rebuildFromType:
            guard arguments.count == 4, case .global(let function) = arguments[0], function != .rebuildFromType else {
                throw malformed("a tensor that nothing makes")
            }
            return try call(arguments[0], arguments[2])
        case .size:
            guard arguments.count == 1, case .sequence = arguments[0] else {
                throw malformed("a torch.Size of nothing")
            }
            return arguments[0]
        case .storage, .untypedStorage: return .foreign("a storage inside the pickle")
        case .scalarType: throw malformed("a call of a type of elements")
        case .foreign(let name): return Self.result(of: name)
        }
    }

    /// What a class or function of that name makes.
    private static func result(of name: String) -> PickleValue {
        name.hasPrefix("torch._utils._rebuild_") ? .unreadableTensor(name) : .foreign(name)
    }

    private mutating func dictionary(ofPairs pairs: [PickleValue]) throws(CheckpointError) -> PickleValue {
        let result = heap.dictionary()
        guard case .dictionary(let place) = result else { return result }
        for pair in pairs {
            guard let members = heap.members(pair), members.count == 2 else {
                throw malformed("a dictionary of things that are no pairs")
            }
            try spend(Self.pairByteCount)
            heap.dictionaries[place].append((members[0], members[1]))
        }
        return result
    }

    /// What a persistent id stands for: `("storage", class, key, device, element count)`, in old files with a sixth
    /// member that says which part of a storage is meant; or the source of a module.
    mutating func persistent(_ identifier: PickleValue) throws(CheckpointError) -> PickleValue {
        guard let parts = heap.members(identifier), case .string(let kind)? = parts.first else {
            throw malformed("a persistent id that is no storage")
        }
        if kind == "module", parts.count == 4 { return .foreign("a Python class") }
        guard kind == "storage", (5...6).contains(parts.count), case .global(let type) = parts[1],
            case .string(let key) = parts[2], case .integer(let elementCount) = parts[4], elementCount >= 0
        else { throw malformed("a persistent id that is no storage") }
        if parts.count == 6 {
            guard case .none = parts[5] else { throw unsupported("a storage that is a part of another") }
        }
        let scalarType: ScalarType?
        switch type {
        case .storage(let type): scalarType = type
        case .untypedStorage: scalarType = nil
        case .foreign(let name):
            if let width = PickleGlobal.elementByteCount(ofStorage: name) {
                try spend(Self.storageByteCount + key.utf8.count)
                heap.foreignStorageWidths[key] = width
            }
            return .foreign(name)
        default: throw malformed("a persistent id that is no storage")
        }
        // The key is looked up for each storage, and may be one long text for many.
        try spend(Self.storageByteCount + key.utf8.count)
        heap.storages.append(.init(scalarType: scalarType, key: key, elementCount: elementCount))
        return .storage(heap.storages.count - 1)
    }

    /// What a storage takes, and where its bytes lie.
    private static let storageByteCount = MemoryLayout<PickleHeap.Storage>.stride + MemoryLayout<Range<Int>?>.stride

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks[, metadata])`, or with the type
    /// of the elements before the metadata.
    private mutating func tensor(
        _ arguments: [PickleValue], argumentCounts: ClosedRange<Int>, type: ScalarType?
    ) throws(CheckpointError) -> PickleValue {
        if case .foreign(let name)? = arguments.first { return .unreadableTensor(name) }
        guard argumentCounts.contains(arguments.count), case .storage(let storage) = arguments[0],
            case .integer(let offset) = arguments[1], case .sequence(let extents) = arguments[2],
            case .sequence(let strides) = arguments[3],
            let scalarType = type ?? heap.storages[storage].scalarType
        else { throw malformed("a tensor with other arguments than PyTorch gives") }
        if arguments.count == argumentCounts.upperBound, let view = lazyView(arguments[arguments.count - 1]) {
            return .unreadableTensor(view)
        }
        try spend(MemoryLayout<PickleHeap.Tensor>.stride)
        heap.tensors.append(
            .init(storage: storage, scalarType: scalarType, offset: offset, extents: extents, strides: strides))
        return .tensor(heap.tensors.count - 1)
    }

    /// What a tensor is whose metadata say that its elements are not those of its storage; `nil` for other metadata.
    private func lazyView(_ metadata: PickleValue) -> String? {
        guard case .dictionary(let place) = metadata else { return nil }
        // PyTorch writes two at most. Tensors may share a dictionary, however large it is.
        guard heap.dictionaries[place].count <= 16 else { return "a tensor with unknown metadata" }
        for case (.string(let key), .bool(true)) in heap.dictionaries[place] {
            if key == "neg" { return "a negated view" }
            if key == "conj" { return "a conjugated view" }
        }
        return nil
    }
}
