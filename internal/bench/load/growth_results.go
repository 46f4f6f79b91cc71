package main

// growth is how what the database is asked gets slower with what there is.
type growth struct {
	Machine   machine     `json:"machine"`
	Rows      []grown     `json:"rows"`
	Users     []grown     `json:"users"`
	Scans     []scans     `json:"scans"`
	View      []view      `json:"view"`
	Streams   streams     `json:"streams"`
	Instances []instances `json:"instances"`
}

// grown is the time of one operation at one size.
type grown struct {
	Database  string `json:"database"`
	Operation string `json:"operation"`
	Size      int    `json:"size"` // rows of sessions, or sessions of one user
	Micros    spread `json:"micros"`
}

// scans are how PostgreSQL has read a table in these operations, when there were most rows.
type scans struct {
	Table      string `json:"table"`
	Sequential int    `json:"sequential"`
	Index      int    `json:"index"`
}

// operationRuns is how often each operation is timed.
const operationRuns = 200

// view is what a remembered session costs an instance that knows of so many endings.
type view struct {
	Strategy string  `json:"strategy"`
	Endings  int     `json:"endings"`
	Nanos    spread  `json:"nanos"`
	Bytes    float64 `json:"bytes"` // of memory for each ending
}

// streams are open event streams of one server.
type streams struct {
	Open  int     `json:"open"`
	Bytes float64 `json:"bytes"` // of memory for each, in the server
}
