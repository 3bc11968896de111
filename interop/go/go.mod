module peer

go 1.17
