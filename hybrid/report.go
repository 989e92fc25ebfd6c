package hybrid

import "time"

// Report tells who did what in one launch.
type Report struct {
	Wall    time.Duration
	Inline  bool // run on the calling goroutine, below the crossover
	Devices []DeviceReport
	Chunks  []Chunk // in order of completion
}

// DeviceReport is one device's part of a launch.
type DeviceReport struct {
	ID         string
	Name       string
	Indices    int64
	Share      float64 // of the launch's indices
	Rate       float64 // indices per second of busy time
	Busy       time.Duration
	Chunks     int
	Steals     int // times it stole from another device
	Uploaded   int64
	Downloaded int64
}

// Chunk is a part of the index space computed by one device at once.
type Chunk struct {
	Device     string
	Lo, Hi     int
	Start, End time.Duration // since the launch began
}
